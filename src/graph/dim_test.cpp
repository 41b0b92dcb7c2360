#include "graph/dim.h"

#include <gtest/gtest.h>

#include <random>

namespace lathe::graph {
namespace {

Dim parsed(std::string_view text) {
    const auto dim = Dim::parse(text);
    EXPECT_TRUE(dim.has_value()) << text;
    return dim ? *dim : Dim(-999);
}

TEST(Dim, EqualExpressionsAreEqual) {
    const Dim b = Dim::symbol("batch"), h = Dim::symbol("height"), w = Dim::symbol("width");
    EXPECT_EQ((h + Dim(1)) * (w - Dim(1)), h * w - h + w - Dim(1));
    EXPECT_EQ(Dim::floor_div(b * h * w * Dim(6), h * Dim(2)), b * w * Dim(3));
    EXPECT_EQ(Dim::floor_div(h * w, h * w), Dim(1));
    EXPECT_EQ(Dim::mod(h * Dim(4), Dim(2)), Dim(0));
    EXPECT_EQ(Dim::max(h + Dim(2), h), h + Dim(2));
    EXPECT_EQ(Dim::max(h * w - Dim(1), 0), h * w - Dim(1));
    EXPECT_EQ(Dim::min(h, 1), Dim(1));
    EXPECT_FALSE(h == w);
    EXPECT_EQ((h - h).constant(), 0);
}

TEST(Dim, TextParsesBack) {
    for (const char* text :
         {"0", "-3", "batch", "2*h*w + 1", "floordiv(h + 1, 2)*w - 4", "min(h, 7)", "mod(a, 3)", "-h + 2"}) {
        const Dim dim = parsed(text);
        EXPECT_EQ(parsed(dim.text()), dim) << text << " -> " << dim.text();
    }
    for (const char* text :
         {"", "2*", "foo(1, 2)", "floordiv(1)", "99999999999999999999", "a b", ")", "min(1,2"})
        EXPECT_FALSE(Dim::parse(text).has_value()) << text;
    EXPECT_FALSE(Dim::parse(std::string(5000, '(')).has_value());
}

// Random expressions mean the same before and after canonicalisation as plain integer arithmetic.
TEST(Dim, EvaluatesLikeIntegers) {
    std::mt19937 random(7);
    const Bindings bindings{{"a", 5}, {"b", 12}, {"c", 3}};
    for (int round = 0; round < 2000; ++round) {
        Dim dim = Dim::symbol("a");
        int64_t value = 5;
        for (int step = 0; step < 5; ++step) {
            const char name = static_cast<char>('a' + random() % 3);
            const bool number = random() % 2 == 0;
            const int64_t other =
                number ? static_cast<int64_t>(random() % 7) + 1 : bindings.at(std::string(1, name));
            const Dim o = number ? Dim(other) : Dim::symbol(std::string(1, name));
            const auto floored = [&] {
                return value / other - (value % other != 0 && (value < 0) != (other < 0));
            };
            switch (random() % 7) {
                case 0: dim = dim + o, value += other; break;
                case 1: dim = dim - o, value -= other; break;
                case 2: dim = dim * o, value *= other; break;
                case 3: dim = Dim::floor_div(dim, o), value = floored(); break;
                case 4: dim = Dim::min(dim, o), value = std::min(value, other); break;
                case 5: dim = Dim::max(dim, o), value = std::max(value, other); break;
                default: dim = Dim::mod(dim, o), value = value - floored() * other; break;
            }
        }
        const auto got = dim.evaluate(bindings);
        if (const auto least = dim.lower_bound()) {
            EXPECT_LE(*least, value) << dim.text();
        }
        ASSERT_TRUE(got.has_value()) << dim.text();
        EXPECT_EQ(*got, value) << dim.text();
        EXPECT_EQ(parsed(dim.text()), dim);
    }
}

TEST(Dim, BindingChecksEveryAxis) {
    Bindings bindings;
    const Dims dims{Dim::symbol("n"), Dim(3), Dim::symbol("n") * Dim(2)};
    EXPECT_TRUE(bind(dims, {4, 3, 8}, bindings).has_value());
    EXPECT_EQ(bindings.at("n"), 4);
    Bindings other;
    EXPECT_FALSE(bind(dims, {4, 3, 7}, other).has_value());
    EXPECT_FALSE(bind(dims, {4, 3}, other).has_value());
}

TEST(Dim, OverflowIsNeverANumber) {
    const Dim big(int64_t{1} << 62);
    EXPECT_FALSE((big * big).is_constant());
    EXPECT_FALSE((big * big).evaluate({}).has_value());
    EXPECT_FALSE((big * Dim::symbol("n")).evaluate({{"n", 4}}).has_value());
}

TEST(Dim, ExpressionsStayShort) {
    Dim sum = Dim::symbol("a") + Dim::symbol("b") + Dim(1), power = Dim::symbol("a");
    for (int i = 0; i < 100; ++i) {
        sum = sum * sum;
        power = power * power;
    }
    EXPECT_LT(sum.text().size() + power.text().size(), 10'000u);
    EXPECT_FALSE(sum.evaluate({{"a", 1}, {"b", 1}}).has_value());
}

}  // namespace
}  // namespace lathe::graph
