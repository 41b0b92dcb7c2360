// A small, strict reader of XML 1.0 for files of data, and the escaping that a writer needs.
//
// What it takes: an XML declaration, comments, elements, attributes in either kind of quotes, text, the five predefined
// entities and character references (sections 2.4, 2.5, 3.1, 4.1 and 4.6 of the recommendation). What it refuses by name: document
// types, processing instructions, CDATA sections and every other entity, so nothing is ever fetched or expanded.
// The document is a flat list of elements whose names and texts are views of the bytes that were parsed: these must
// outlive it. Nesting is limited, and nothing is recursive.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lathe::wire {

class XmlElement;

class Xml {
public:
    // Errors: not well-formed, or more than this reader takes; with the offset in bytes.
    static Result<Xml> parse(std::string_view text);
    XmlElement root() const;  // of this document, which must stay where it is

private:
    friend class XmlElement;
    friend class XmlParser;
    struct Attribute {
        std::string_view name, value;  // as in the file
    };
    struct Node {
        std::string_view name, text;  // text: the longest run between tags, as in the file
        uint32_t first_attribute = 0, attributes = 0;
        uint32_t first_child = 0, next = 0;  // 0: none; the root is number 0 and nobody's child
    };
    std::vector<Node> nodes_;
    std::vector<Attribute> attributes_;
};

// One element; a reference into its document.
class XmlElement {
public:
    std::string_view name() const { return node().name; }
    std::string text() const;  // without white space at its ends, references resolved
    std::optional<std::string> attribute(std::string_view name) const;
    std::vector<std::pair<std::string_view, std::string>> attributes() const;
    std::optional<XmlElement> child(std::string_view name) const;  // the first of that name
    std::vector<XmlElement> children() const;

private:
    friend class Xml;
    XmlElement(const Xml* xml, uint32_t number) : xml_(xml), number_(number) {}
    const Xml::Node& node() const { return xml_->nodes_[number_]; }
    const Xml* xml_;
    uint32_t number_;
};

// The text as it may stand between tags and in quotes. Characters that XML cannot hold become '_'.
std::string xml_escaped(std::string_view text);

}  // namespace lathe::wire
