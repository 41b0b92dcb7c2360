#include "game/sgf.h"

#include "base/text.h"

namespace lathe::game {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// Where the first "(" that is followed by ";" stands, or npos.
size_t find_game(std::string_view text) {
    for (size_t open = text.find('('); open != std::string_view::npos; open = text.find('(', open + 1)) {
        size_t next = open + 1;
        while (next < text.size() && is_space(text[next])) ++next;
        if (next < text.size() && text[next] == ';') return open;
    }
    return std::string_view::npos;
}

class SgfParser {
public:
    explicit SgfParser(std::string_view text) : text_(text) {}

    Result<SgfTree> run() {
        if (text_.size() > kMaxSgfBytes) {
            return fail("SGF: {} bytes, more than the limit of {}", text_.size(), kMaxSgfBytes);
        }
        at_ = find_game(text_);
        if (at_ == std::string_view::npos) {
            return fail("SGF@0: no game found: expected '(;', found '{}'", printable(text_, 40));
        }
        // open_ holds, for every open tree, the node that the tree hangs on.
        do {
            skip_space();
            if (at_ >= text_.size()) {
                return fail("SGF@{}: the text ends inside a game, {} ')' missing", text_.size(),
                            open_.size());
            }
            TRY_STATUS(step());
        } while (!open_.empty());
        return std::move(tree_);
    }

private:
    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }

    Status step() {
        const char c = text_[at_];
        if (c == '(') {
            open_.push_back(last_);
            ++at_;
            skip_space();
            if (at_ < text_.size() && text_[at_] != ';') {
                return fail("SGF@{}: expected ';' after '(', found '{}'", at_,
                            printable(text_.substr(at_, 1)));
            }
            return {};
        }
        if (c == ')') {
            last_ = open_.back();
            open_.pop_back();
            ++at_;
            return {};
        }
        if (c == ';') return start_node();
        if (is_upper(c) || is_lower(c)) return parse_property();
        return fail("SGF@{}: expected a property, ';', '(' or ')', found '{}'", at_,
                    printable(text_.substr(at_, 1)));
    }

    Status start_node() {
        if (tree_.nodes.size() >= kMaxSgfNodes) {
            return fail("SGF@{}: more than {} nodes", at_, kMaxSgfNodes);
        }
        const int index = static_cast<int>(tree_.nodes.size());
        if (last_ >= 0) {
            SgfNode& parent = tree_.nodes[static_cast<size_t>(last_)];
            if (parent.first_child < 0) {
                parent.first_child = index;
            } else {
                const int sibling = newest_child_[static_cast<size_t>(last_)];
                tree_.nodes[static_cast<size_t>(sibling)].next_sibling = index;
            }
            newest_child_[static_cast<size_t>(last_)] = index;
        }
        tree_.nodes.push_back({.parent = last_, .offset_bytes = at_});
        newest_child_.push_back(-1);
        last_ = index;
        ++at_;
        return {};
    }

    Status parse_property() {
        if (last_ < 0) return fail("SGF@{}: expected ';' before the first property", at_);
        SgfProperty property{.offset_bytes = at_};
        while (at_ < text_.size() && (is_upper(text_[at_]) || is_lower(text_[at_]))) {
            if (is_upper(text_[at_])) property.name += text_[at_];
            ++at_;
        }
        const std::string_view written = text_.substr(property.offset_bytes, at_ - property.offset_bytes);
        if (property.name.empty()) {
            return fail("SGF@{}: property '{}' has no upper-case letters", property.offset_bytes,
                        printable(written));
        }
        skip_space();
        while (at_ < text_.size() && text_[at_] == '[') {
            TRY(std::string value, parse_value());
            property.values.push_back(std::move(value));
            skip_space();
        }
        if (property.values.empty()) {
            return fail("SGF@{}: expected '[' after property '{}'", at_, printable(written));
        }
        add(std::move(property));
        return {};
    }

    // A property that a node has twice gets the values of both.
    void add(SgfProperty property) {
        SgfNode& node = tree_.nodes[static_cast<size_t>(last_)];
        for (SgfProperty& known : node.properties) {
            if (known.name != property.name) continue;
            for (std::string& value : property.values) known.values.push_back(std::move(value));
            return;
        }
        node.properties.push_back(std::move(property));
    }

    Result<std::string> parse_value() {
        const size_t start = at_++;
        std::string value;
        while (at_ < text_.size() && text_[at_] != ']') {
            if (text_[at_] == '\\') {
                ++at_;
                append_escaped(value);
            } else {
                append(value, text_[at_++]);
            }
        }
        if (at_ >= text_.size()) return fail("SGF@{}: this '[' is never closed by ']'", start);
        ++at_;
        return value;
    }

    static void append(std::string& value, char c) { value += c != '\n' && is_space(c) ? ' ' : c; }

    // After a backslash: a line break (one or two characters) vanishes, anything else stands for itself.
    void append_escaped(std::string& value) {
        if (at_ >= text_.size()) return;
        const char c = text_[at_++];
        if (c != '\n' && c != '\r') return append(value, c);
        const bool pair = at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r') && text_[at_] != c;
        if (pair) ++at_;
    }

    const std::string_view text_;
    size_t at_ = 0;
    int last_ = -1;  // the node that the next one follows
    std::vector<int> open_;
    std::vector<int> newest_child_;  // by node
    SgfTree tree_;
};

}  // namespace

const SgfProperty* SgfNode::find(std::string_view name) const {
    for (const SgfProperty& property : properties) {
        if (property.name == name) return &property;
    }
    return nullptr;
}

const std::string* SgfNode::value(std::string_view name) const {
    const SgfProperty* property = find(name);
    return property == nullptr ? nullptr : &property->values.front();
}

std::vector<int> SgfTree::main_line() const {
    std::vector<int> line;
    for (int node = nodes.empty() ? -1 : 0; node >= 0; node = nodes[static_cast<size_t>(node)].first_child) {
        line.push_back(node);
    }
    return line;
}

Result<SgfTree> parse_sgf(std::string_view text) { return SgfParser(text).run(); }

}  // namespace lathe::game
