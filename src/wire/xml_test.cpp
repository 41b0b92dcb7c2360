#include "wire/xml.h"

#include <gtest/gtest.h>

namespace lathe::wire {
namespace {

constexpr std::string_view kSmallXml =
    "<?xml version=\"1.0\"?>\n<!-- made by hand -->\n"
    "<net name='a &amp; b' version=\"11\">\n  <dim>  7 </dim><dim>&#45;&#x31;</dim>\n  <empty/>\n</net>\n";

TEST(Xml, ElementsAttributesAndTexts) {
    const auto xml = Xml::parse(kSmallXml);
    ASSERT_TRUE(xml.has_value()) << xml.error().message;
    const XmlElement net = xml->root();
    EXPECT_EQ(net.name(), "net");
    EXPECT_EQ(net.attribute("name"), "a & b");
    EXPECT_EQ(net.attribute("version"), "11");
    EXPECT_FALSE(net.attribute("missing"));
    ASSERT_EQ(net.children().size(), 3U);
    EXPECT_EQ(net.children()[0].text(), "7");
    EXPECT_EQ(net.children()[1].text(), "-1");
    EXPECT_TRUE(net.child("empty")->children().empty());
}

TEST(Xml, RefusesWhatItDoesNotTake) {
    for (const std::string_view text : {"",
                                        "text",
                                        "<a>",
                                        "<a></b>",
                                        "<a b></a>",
                                        "<a b=1/>",
                                        "<a b='1' b='2'/>",
                                        "<a/><b/>",
                                        "<a>&lol;</a>",
                                        "<!DOCTYPE a [<!ENTITY lol 'lol'>]><a>&lol;</a>",
                                        "<a><![CDATA[x]]></a>",
                                        "<a><?run this?></a>",
                                        "<a b='<'/>",
                                        "<a>&#0;</a>",
                                        "<a>&#xd800;</a>",
                                        "<a>&#x110000;</a>",
                                        "<a>&#99999999999;</a>",
                                        "<a b='1'c='2'/>",
                                        "<a><!-- -- --></a>",
                                        "<a>&amp</a>",
                                        "<1/>"})
        EXPECT_FALSE(Xml::parse(text).has_value()) << text;
    std::string deep;
    for (int i = 0; i < 65; ++i) deep += "<a>";
    const auto nested = Xml::parse(deep);
    ASSERT_FALSE(nested.has_value());
    EXPECT_NE(nested.error().message.find("64 levels"), std::string::npos) << nested.error().message;
}

TEST(Xml, EscapedTextComesBack) {
    const std::string text = "a<b>&\"c'\n\td, \xc3\xa9";
    const std::string document = format("<a b=\"{}\">{}</a>", xml_escaped(text), xml_escaped(text));
    const auto xml = Xml::parse(document);
    ASSERT_TRUE(xml.has_value()) << xml.error().message;
    EXPECT_EQ(xml->root().attribute("b"), text);
    EXPECT_EQ(xml->root().text(), text);
    EXPECT_EQ(xml_escaped(std::string_view("\x01", 1)), "_");
}

TEST(Xml, CutAnywhereAndFlippedItGivesErrorsOnly) {
    for (size_t size = 0; size + 1 < kSmallXml.size(); ++size)
        EXPECT_FALSE(Xml::parse(kSmallXml.substr(0, size)).has_value()) << size;
    for (size_t i = 0; i < kSmallXml.size(); ++i)
        for (const int bit : {0x01, 0x04, 0x20, 0x80}) {
            std::string bad(kSmallXml);
            bad[i] = static_cast<char>(bad[i] ^ bit);
            const auto xml = Xml::parse(bad);
            if (xml) (void)xml->root().text();
        }
}

}  // namespace
}  // namespace lathe::wire
