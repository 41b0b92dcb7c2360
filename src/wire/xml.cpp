#include "wire/xml.h"

#include <algorithm>

#include "base/text.h"

namespace lathe::wire {
namespace {

constexpr size_t kDeepestElement = 64;
constexpr size_t kMostXmlElements = size_t{8} << 20;
constexpr uint32_t kLastXmlCharacter = 0x10ffff;

struct XmlEntity {
    std::string_view name;
    char character;
};
constexpr XmlEntity kXmlEntities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};

bool is_xml_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool starts_xml_name(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || byte >= 0x80;
}

bool goes_on_xml_name(char c) { return starts_xml_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

// The number of a character reference, "#10" or "#x0a". Nothing: it is none, or of no character that XML has.
std::optional<uint32_t> referenced_character(std::string_view reference) {
    if (!reference.starts_with('#')) return std::nullopt;
    reference.remove_prefix(1);
    const bool hex = reference.starts_with('x');
    if (hex) reference.remove_prefix(1);
    if (reference.empty() || reference.size() > 8) return std::nullopt;
    uint64_t value = 0;
    for (const char c : reference) {
        const int digit = c >= '0' && c <= '9'          ? c - '0'
                          : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : hex && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                        : -1;
        if (digit < 0) return std::nullopt;
        value = value * (hex ? 16 : 10) + static_cast<uint64_t>(digit);
    }
    const bool fits = value == 9 || value == 10 || value == 13 || (value >= 0x20 && value < 0xd800) ||
                      (value >= 0xe000 && value <= kLastXmlCharacter && (value & 0xfffe) != 0xfffe);
    return fits ? std::optional(static_cast<uint32_t>(value)) : std::nullopt;
}

void append_xml_character(std::string& text, uint32_t c) {
    const auto byte = [&](uint32_t value) { text += static_cast<char>(value); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
        byte(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            byte(0xe0 | c >> 12);
        } else {
            byte(0xf0 | c >> 18);
            byte(0x80 | (c >> 12 & 0x3f));
        }
        byte(0x80 | (c >> 6 & 0x3f));
    }
    byte(0x80 | (c & 0x3f));
}

// What a reference without its & and ; stands for. Nothing: unknown.
std::optional<std::string> resolved_reference(std::string_view reference) {
    const auto it = std::ranges::find(kXmlEntities, reference, &XmlEntity::name);
    if (it != std::end(kXmlEntities)) return std::string(1, it->character);
    const auto number = referenced_character(reference);
    if (!number) return std::nullopt;
    std::string text;
    append_xml_character(text, *number);
    return text;
}

// Raw text that was checked when it was parsed.
std::string decoded_text(std::string_view raw) {
    std::string text;
    text.reserve(raw.size());
    while (!raw.empty()) {
        const size_t at = std::min(raw.find('&'), raw.size());
        text += raw.substr(0, at);
        raw.remove_prefix(at);
        if (raw.empty()) break;
        const size_t end = raw.find(';');
        text += resolved_reference(raw.substr(1, end - 1)).value_or("");
        raw.remove_prefix(end + 1);
    }
    return text;
}

}  // namespace

class XmlParser {
public:
    explicit XmlParser(std::string_view text) : text_(text) {}
    Result<Xml> run();

private:
    struct Open {
        uint32_t number, last_child;
    };
    bool at(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    void skip_space() {
        while (at_ < text_.size() && is_xml_space(text_[at_])) ++at_;
    }
    std::unexpected<Error> bad(const char* what) const { return fail("XML at byte {}: {}", at_, what); }
    Status declaration();
    Status comment();
    Status between();  // white space and comments outside the root
    Status check_text(std::string_view raw, size_t from) const;
    Result<std::string_view> name();
    Status start();
    Status end();
    Status content();
    Status attribute(Xml::Node& node);

    std::string_view text_;
    size_t at_ = 0;
    Xml xml_;
    std::vector<Open> open_;
};

Status XmlParser::declaration() {
    if (at("\xef\xbb\xbf")) at_ += 3;
    if (!at("<?xml") || at_ + 5 >= text_.size() || !is_xml_space(text_[at_ + 5])) return {};
    const size_t end = text_.find("?>", at_);
    if (end == text_.npos || end - at_ > 200) return bad("the XML declaration has no end");
    at_ = end + 2;
    return {};
}

Status XmlParser::comment() {
    const size_t end = text_.find("--", at_ + 4);
    if (end == text_.npos || !text_.substr(end).starts_with("-->")) return bad("a comment has no proper end");
    at_ = end + 3;
    return {};
}

Status XmlParser::between() {
    for (skip_space(); at("<!--"); skip_space()) TRY_STATUS(comment());
    return {};
}

Status XmlParser::check_text(std::string_view raw, size_t from) const {
    for (size_t i = 0; i < raw.size(); ++i) {
        const auto byte = static_cast<unsigned char>(raw[i]);
        if (byte < 0x20 && !is_xml_space(raw[i]))
            return fail("XML at byte {}: a control character", from + i);
        if (raw[i] != '&') continue;
        const size_t end = raw.find(';', i);
        if (end == raw.npos || !resolved_reference(raw.substr(i + 1, end - i - 1)))
            return fail("XML at byte {}: '{}' is no reference that is known here; there are {}", from + i,
                        printable(raw.substr(i, 12)), "&lt; &gt; &amp; &quot; &apos; and numbers");
        i = end;
    }
    return {};
}

Result<std::string_view> XmlParser::name() {
    const size_t from = at_;
    if (at_ >= text_.size() || !starts_xml_name(text_[at_])) return bad("expected a name");
    while (at_ < text_.size() && goes_on_xml_name(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
}

Status XmlParser::attribute(Xml::Node& node) {
    TRY(const std::string_view key, name());
    for (uint32_t i = 0; i < node.attributes; ++i)
        if (xml_.attributes_[node.first_attribute + i].name == key)
            return fail("XML at byte {}: the attribute '{}' is there twice", at_, printable(key));
    skip_space();
    if (!at("=")) return bad("expected '=' behind the name of an attribute");
    ++at_;
    skip_space();
    if (!at("\"") && !at("'")) return bad("expected the value of an attribute in quotes");
    const char quote = text_[at_++];
    const size_t end = text_.find(quote, at_);
    if (end == text_.npos) return bad("the value of an attribute has no end");
    const std::string_view value = text_.substr(at_, end - at_);
    if (value.find('<') != value.npos) return bad("the value of an attribute has a '<'");
    TRY_STATUS(check_text(value, at_));
    at_ = end + 1;
    xml_.attributes_.push_back({key, value});
    ++node.attributes;
    return {};
}

Status XmlParser::start() {
    ++at_;
    if (open_.size() == kDeepestElement) return bad("elements are nested deeper than 64 levels");
    if (xml_.nodes_.size() == kMostXmlElements) return bad("there are more than 8 million elements");
    Xml::Node node;
    TRY(node.name, name());
    node.first_attribute = static_cast<uint32_t>(xml_.attributes_.size());
    for (;;) {
        const bool apart = at_ < text_.size() && is_xml_space(text_[at_]);
        skip_space();
        if (at(">") || at("/>")) break;
        if (!apart) return bad("expected white space, '>' or '/>' in a tag");
        TRY_STATUS(attribute(node));
    }
    const auto number = static_cast<uint32_t>(xml_.nodes_.size());
    if (!open_.empty()) {
        Open& parent = open_.back();
        if (parent.last_child == 0) xml_.nodes_[parent.number].first_child = number;
        else xml_.nodes_[parent.last_child].next = number;
        parent.last_child = number;
    }
    xml_.nodes_.push_back(node);
    const bool empty = at("/>");
    at_ += empty ? 2 : 1;
    if (!empty) open_.push_back({number, 0});
    return {};
}

Status XmlParser::end() {
    at_ += 2;
    TRY(const std::string_view closed, name());
    const std::string_view opened = xml_.nodes_[open_.back().number].name;
    if (closed != opened)
        return fail("XML at byte {}: </{}> stands where <{}> should end", at_, printable(closed),
                    printable(opened));
    skip_space();
    if (!at(">")) return bad("expected '>'");
    ++at_;
    open_.pop_back();
    return {};
}

Status XmlParser::content() {
    const size_t next = std::min(text_.find('<', at_), text_.size());
    if (next == text_.size()) return bad("the document ends inside an element");
    const std::string_view run = text_.substr(at_, next - at_);
    TRY_STATUS(check_text(run, at_));
    std::string_view& kept = xml_.nodes_[open_.back().number].text;
    if (trim(run).size() > trim(kept).size()) kept = run;
    at_ = next;
    if (at("</")) return end();
    if (at("<!--")) return comment();
    if (at("<!")) return bad("CDATA sections and document types are not read here");
    if (at("<?")) return bad("processing instructions are not read here");
    return start();
}

Result<Xml> XmlParser::run() {
    TRY_STATUS(declaration());
    TRY_STATUS(between());
    if (at("<!")) return bad("document types are not read here");
    if (at("<?")) return bad("processing instructions are not read here");
    if (!at("<")) return bad("expected an element");
    TRY_STATUS(start());
    while (!open_.empty()) TRY_STATUS(content());
    TRY_STATUS(between());
    if (at_ != text_.size()) return bad("there is more behind the root element");
    return std::move(xml_);
}

Result<Xml> Xml::parse(std::string_view text) { return XmlParser(text).run(); }

XmlElement Xml::root() const { return {this, 0}; }

std::string XmlElement::text() const { return decoded_text(trim(node().text)); }

std::optional<std::string> XmlElement::attribute(std::string_view name) const {
    for (uint32_t i = 0; i < node().attributes; ++i) {
        const Xml::Attribute& one = xml_->attributes_[node().first_attribute + i];
        if (one.name == name) return decoded_text(one.value);
    }
    return std::nullopt;
}

std::vector<std::pair<std::string_view, std::string>> XmlElement::attributes() const {
    std::vector<std::pair<std::string_view, std::string>> all;
    for (uint32_t i = 0; i < node().attributes; ++i) {
        const Xml::Attribute& one = xml_->attributes_[node().first_attribute + i];
        all.emplace_back(one.name, decoded_text(one.value));
    }
    return all;
}

std::optional<XmlElement> XmlElement::child(std::string_view name) const {
    for (uint32_t i = node().first_child; i != 0; i = xml_->nodes_[i].next)
        if (xml_->nodes_[i].name == name) return XmlElement(xml_, i);
    return std::nullopt;
}

std::vector<XmlElement> XmlElement::children() const {
    std::vector<XmlElement> all;
    for (uint32_t i = node().first_child; i != 0; i = xml_->nodes_[i].next)
        all.push_back(XmlElement(xml_, i));
    return all;
}

std::string xml_escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto it = std::ranges::find(kXmlEntities, c, &XmlEntity::character);
        if (it != std::end(kXmlEntities)) result += "&" + std::string(it->name) + ";";
        else if (c == '\n' || c == '\r' || c == '\t') result += format("&#{};", static_cast<int>(c));
        else result += static_cast<unsigned char>(c) < 0x20 ? '_' : c;
    }
    return result;
}

}  // namespace lathe::wire
