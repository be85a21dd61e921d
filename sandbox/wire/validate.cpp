#include "sandbox/wire/validate.hpp"
#include "sandbox/base/lookup.hpp"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <regex>

namespace sandbox {

namespace {

using Type = Shape::Type;

bool matches(const std::string& text, const std::string& pattern) {
    thread_local std::map<std::string, std::regex> compiled;
    auto found = compiled.find(pattern);
    if (found == compiled.end()) found = compiled.emplace(pattern, std::regex(pattern)).first;
    return std::regex_match(text, found->second);
}

// 'instanceIds', 'targets.1.member.values': how the services name a place in the parameters.
std::string inside(const std::string& path, std::string name) {
    name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
    return path.empty() ? name : path + "." + name;
}

std::string shown(const Json& value) {
    if (!value.is_array()) return text_of(value);
    std::string text;
    for (const Json& element : value)
        text += (text.empty() ? "" : ", ") + shown(element);
    return "[" + text + "]";
}

class Validator {
public:
    explicit Validator(const Dialect& dialect) : dialect_(dialect) {}

    void check(const Shape& shape, Json& value, const std::string& path) {
        check_type(shape, value);
        switch (shape.type) {
        case Type::structure:
            check_structure(shape, value, path);
            break;
        case Type::list:
            check_list(shape, value, path);
            break;
        case Type::map:
            check_map(shape, value, path);
            break;
        default:
            check_scalar(shape, value, path);
        }
    }

    void report() const {
        if (violations_.empty()) return;
        if (dialect_.protocol == Protocol::ec2)
            throw AwsError(dialect_.validation_code, violations_.front());
        throw aws_error(dialect_.validation_code, "{} validation error{} detected: {}",
                        violations_.size(), violations_.size() == 1 ? "" : "s",
                        fmt::join(violations_, "; "));
    }

private:
    void check_type(const Shape& shape, const Json& value) const {
        const bool right = shape.type == Type::string      ? value.is_string()
                           : shape.type == Type::integer   ? value.is_number_integer()
                           : shape.type == Type::boolean   ? value.is_boolean()
                           : shape.type == Type::number    ? value.is_number()
                           : shape.type == Type::timestamp ? value.is_number() || value.is_string()
                           : shape.type == Type::list      ? value.is_array()
                                                           : value.is_object();
        if (!right) throw AwsError("SerializationException", wrong_type(shape.type, value));
    }

    static std::string wrong_type(Type wanted, const Json& value) {
        if (wanted == Type::list) return "Expected list or null";
        if (wanted == Type::structure || wanted == Type::map)
            return "Expected structure, map or null";
        if (value.is_object()) return "Start of structure or map found where not expected.";
        if (value.is_array()) return "Start of list found where not expected";
        const char* const seen = value.is_string()    ? "STRING_VALUE"
                                 : value.is_boolean() ? "BOOLEAN"
                                                      : "NUMBER_VALUE";
        const char* const target = wanted == Type::string    ? "a String"
                                   : wanted == Type::boolean ? "a Boolean"
                                   : wanted == Type::integer ? "an Integer"
                                                             : "a Timestamp";
        return fmt::format("{} can not be converted to {}", seen, target);
    }

    void check_structure(const Shape& shape, Json& value, const std::string& path) {
        for (auto member = value.begin(); member != value.end();)
            member = member->is_null() ? value.erase(member) : std::next(member);
        for (const auto& [name, ignored] : value.items())
            if (find_by(shape.members, &Member::name, name) == nullptr)
                throw unknown_parameter(dialect_, path.empty() ? name : path + "." + name);
        for (const Member& member : shape.members) {
            if (value.contains(member.name))
                check(member.shape, value[member.name], inside(path, member.name));
            else if (member.required)
                missing(path, member);
        }
    }

    void missing(const std::string& path, const Member& member) {
        if (dialect_.protocol == Protocol::ec2) throw missing_parameter(dialect_, member.name);
        violations_.push_back(
            fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null",
                        inside(path, member.name)));
    }

    void check_list(const Shape& shape, Json& value, const std::string& path) {
        check_limits(shape, static_cast<long long>(value.size()), value, path, "length");
        for (std::size_t i = 0; i < value.size(); ++i)
            check(*shape.element, value[i], fmt::format("{}.{}.member", path, i + 1));
    }

    void check_map(const Shape& shape, Json& value, const std::string& path) {
        check_limits(shape, static_cast<long long>(value.size()), value, path, "length");
        for (auto& [name, element] : value.items()) {
            Json key = name;
            check(*shape.key, key, path + ".key");
            check(*shape.element, element, path + "." + name + ".member");
        }
    }

    void check_scalar(const Shape& shape, const Json& value, const std::string& path) {
        if (shape.type == Type::integer)
            check_limits(shape, value.get<long long>(), value, path, "value");
        if (shape.type != Type::string) return;
        const auto& text = value.get_ref<const std::string&>();
        check_limits(shape, static_cast<long long>(text.size()), value, path, "length");
        // std::regex recurses once a character, so it gets no text that is too long anyway.
        const bool too_long = shape.max && static_cast<long long>(text.size()) > *shape.max;
        if (!shape.pattern.empty() && !too_long && !matches(text, shape.pattern))
            violate(value, path,
                    "Member must satisfy regular expression pattern: " + shape.pattern);
        if (!shape.values.empty() && !contains(shape.values, text))
            violate(value, path,
                    fmt::format("Member must satisfy enum value set: [{}]",
                                fmt::join(shape.values, ", ")));
    }

    void check_limits(const Shape& shape, long long size, const Json& value,
                      const std::string& path, const char* what) {
        if (shape.min && size < *shape.min)
            violate(
                value, path,
                fmt::format("Member must have {} greater than or equal to {}", what, *shape.min));
        if (shape.max && size > *shape.max)
            violate(value, path,
                    fmt::format("Member must have {} less than or equal to {}", what, *shape.max));
    }

    void violate(const Json& value, const std::string& path, const std::string& constraint) {
        if (dialect_.protocol == Protocol::ec2)
            violations_.push_back(fmt::format("Value ({}) for parameter {} is invalid. {}",
                                              shown(value), path, constraint));
        else
            violations_.push_back(fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}",
                                              shown(value), path, constraint));
    }

    const Dialect& dialect_;
    std::vector<std::string> violations_;
};

} // namespace

void validate(const Dialect& dialect, const Shape& shape, Json& parameters) {
    Validator validator(dialect);
    validator.check(shape, parameters, "");
    validator.report();
}

} // namespace sandbox
