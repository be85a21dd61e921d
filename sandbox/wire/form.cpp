#include "sandbox/wire/form.hpp"
#include "sandbox/base/text.hpp"

#include <charconv>
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
            const std::string inner = path.empty() ? name : path + "." + name;
            const Member* const member = find(shape, name);
            if (!member) throw unknown_parameter(dialect_, inner);
            result[member->name] = read(member->shape, child, inner);
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
            const auto number = parse_number<long long>(name);
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
            if (const auto number = parse_number<long long>(text)) return *number;
            throw malformed_value(dialect_, path, text, "integer");
        }
        return text;
    }

    const Dialect& dialect_;
};

std::string percent_decoded(const std::string& text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char* const digits = text.data() + i + 1;
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            decoded += static_cast<char>(byte);
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
        const auto [name, value] = split_at(pair, '=');
        if (!pair.empty()) form[percent_decoded(name)] = percent_decoded(value);
        begin = end + 1;
    }
    return form;
}

Json form_to_json(const Dialect& dialect, const Shape& shape, const Form& form) {
    return Reader(dialect).read(shape, to_tree(form), "");
}

} // namespace sandbox
