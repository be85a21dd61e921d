#include "sandbox/wire/form.hpp"

#include <charconv>
#include <memory>
#include <optional>

namespace sandbox {

namespace {

// "Filter.1.Value.2=x" as a tree: Filter -> 1 -> Value -> 2 = x.
struct Node {
    std::optional<std::string> value;
    std::map<std::string, Node> children;
};

Node to_tree(const Form& form) {
    Node root;
    for (const auto& [path, value] : form) {
        Node* node = &root;
        std::size_t begin = 0;
        while (begin <= path.size()) {
            const std::size_t dot = std::min(path.find('.', begin), path.size());
            node = &node->children[path.substr(begin, dot - begin)];
            begin = dot + 1;
        }
        node->value = value;
    }
    return root;
}

std::optional<long long> whole_number(const std::string& text) {
    long long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

class Reader {
public:
    explicit Reader(const Dialect& dialect) : dialect_(dialect) {}

    Json read(const Shape& shape, const Node& node, const std::string& path) const {
        switch (shape.type) {
        case Shape::Type::structure:
            return structure(shape, node, path);
        case Shape::Type::list:
            return list(shape, node, path);
        case Shape::Type::map:
            break; // no action that the sandbox has takes a map in this protocol
        default:
            return scalar(shape, node, path);
        }
        throw unknown_parameter(dialect_, path);
    }

private:
    Json structure(const Shape& shape, const Node& node, const std::string& path) const {
        if (node.value && !path.empty()) throw unknown_parameter(dialect_, path);
        Json result = Json::object();
        for (const auto& [name, child] : node.children) {
            const std::string place = path.empty() ? name : path + "." + name;
            const Member* const member = find(shape, name);
            if (!member) throw unknown_parameter(dialect_, place);
            result[member->name] = read(member->shape, child, place);
        }
        return result;
    }

    static const Member* find(const Shape& shape, const std::string& wire_name) {
        for (const Member& member : shape.members)
            if ((member.wire_name.empty() ? member.name : member.wire_name) == wire_name)
                return &member;
        return nullptr;
    }

    Json list(const Shape& shape, const Node& node, const std::string& path) const {
        if (node.value && !node.value->empty()) throw unknown_parameter(dialect_, path);
        if (dialect_.protocol == Protocol::ec2) return elements(shape, node, path);
        for (const auto& [name, child] : node.children) {
            if (name != "member") throw unknown_parameter(dialect_, path + "." + name);
            return elements(shape, child, path + ".member");
        }
        return Json::array(); // "Names=": an empty list
    }

    Json elements(const Shape& shape, const Node& node, const std::string& path) const {
        std::map<long long, Json> numbered;
        for (const auto& [name, child] : node.children) {
            const auto number = whole_number(name);
            if (!number) throw unknown_parameter(dialect_, path + "." + name);
            numbered[*number] = read(*shape.element, child, path + "." + name);
        }
        Json result = Json::array();
        for (auto& [number, element] : numbered)
            result.push_back(std::move(element));
        return result;
    }

    Json scalar(const Shape& shape, const Node& node, const std::string& path) const {
        if (!node.value || !node.children.empty()) throw unknown_parameter(dialect_, path);
        const std::string& text = *node.value;
        if (shape.type == Shape::Type::boolean) {
            if (text == "true" || text == "false") return text == "true";
            throw malformed_value(dialect_, path, text, "boolean");
        }
        if (shape.type == Shape::Type::integer) {
            if (const auto number = whole_number(text)) return *number;
            throw malformed_value(dialect_, path, text, "integer");
        }
        return text;
    }

    const Dialect& dialect_;
};

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string percent_decoded(const std::string& text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i] == '+' ? ' ' : text[i];
        }
    }
    return decoded;
}

} // namespace

Form parse_form(const std::string& body) {
    Form form;
    std::size_t begin = 0;
    while (begin < body.size()) {
        const std::size_t end = std::min(body.find('&', begin), body.size());
        const std::string pair = body.substr(begin, end - begin);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string value = equals < pair.size() ? pair.substr(equals + 1) : "";
        if (!pair.empty()) form[percent_decoded(pair.substr(0, equals))] = percent_decoded(value);
        begin = end + 1;
    }
    return form;
}

Json form_to_json(const Dialect& dialect, const Shape& shape, const Form& form) {
    return Reader(dialect).read(shape, to_tree(form), "");
}

} // namespace sandbox
