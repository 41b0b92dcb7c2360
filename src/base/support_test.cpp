#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "base/threads.h"

namespace lathe {
namespace {

TEST(Threads, EveryIndexRunsOnce) {
    for (const int threads : {1, 2, 5}) {
        ThreadPool pool(threads);
        for (const size_t count : {0u, 1u, 2u, 1000u}) {
            std::vector<int> seen(count, 0);
            pool.parallel_for(count, [&](size_t i) { ++seen[i]; });
            EXPECT_EQ(seen, std::vector<int>(count, 1));
        }
    }
}

TEST(Json, FaultsSayWhere) {
    EXPECT_EQ(parse_json("{\"a\": [1, }").error().message, "not valid JSON at byte 11");
    EXPECT_FALSE(parse_json(std::string(100000, '[')).has_value());
    EXPECT_FALSE(parse_json(std::string(1000, '[') + std::string(1000, ']')).has_value());
    EXPECT_FALSE(parse_json("").has_value());
    const auto json = parse_json("{\"n\": 3, \"s\": \"x\"}");
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ(*int_member(*json, "n", 0), 3);
    EXPECT_EQ(*int_member(*json, "missing", 7), 7);
    EXPECT_NE(int_member(*json, "s", 0).error().message.find("'s' is string"), std::string::npos);
}

TEST(Text, Helpers) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(1234567), "1,234,567");
    EXPECT_EQ(human_bytes(999), "999 B");
    EXPECT_EQ(human_bytes(1500000), "1.50 MB");
    EXPECT_EQ(printable("a\x01\xff"
                        "b"),
              "a\\x01\\xffb");
    EXPECT_EQ(split("a,,b", ',').size(), 3u);
    int64_t value = 0;
    EXPECT_FALSE(parse_int("12x", value));
    EXPECT_TRUE(parse_int("+12", value));
    EXPECT_EQ(value, 12);
}

}  // namespace
}  // namespace lathe
