// Every name builds, and its tensors are the reference's: names, shapes, types. Nothing is computed.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "glob.h"
#include "reference.h"
#include "zoo/timm/families.h"
#include "zoo/timm/timm.h"

namespace lathe::timm_test {
namespace {

using zoo::nn::Entry;

std::string describe_entry(const Entry& entry) {
    return format("{} {} {} {}", entry.name, to_string(entry.shape), name_of(entry.dtype),
                  entry.buffer ? "buffer" : "parameter");
}

// What is in one list and not in the other, the first few.
std::string difference(std::vector<std::string> ours, std::vector<std::string> theirs) {
    std::ranges::sort(ours);
    std::ranges::sort(theirs);
    std::vector<std::string> extra, missing;
    std::ranges::set_difference(ours, theirs, std::back_inserter(extra));
    std::ranges::set_difference(theirs, ours, std::back_inserter(missing));
    const auto first = [](std::vector<std::string>& names) {
        const size_t count = names.size();
        names.resize(std::min<size_t>(count, 4));
        return format("{} ({})", count, join(names, "; "));
    };
    if (extra.empty() && missing.empty()) return {};
    return format("not in the reference: {}; missing: {}", first(extra), first(missing));
}

std::string compare(const Json& line) {
    const std::string name = line["model"];
    const auto chosen = zoo::timm::choose_model(name);
    if (!chosen) return chosen.error().message;
    const auto weights = zoo::nn::hollow_weights();
    const auto built = zoo::timm::build(*chosen, *weights, {});
    if (!built) return built.error().message;
    std::vector<std::string> ours, theirs;
    for (const Entry& entry : built->entries) ours.push_back(describe_entry(entry));
    // PyTorch names a shared parameter once among the parameters, so that the reference takes its other names for buffers.
    for (const auto& [alias, original] : built->aliases)
        for (const Entry& entry : built->entries)
            if (entry.name == original)
                ours.push_back(describe_entry({alias, entry.shape, entry.dtype, true}));
    for (const Entry& entry : entries_of(line["state"])) theirs.push_back(describe_entry(entry));
    return difference(std::move(ours), std::move(theirs));
}

TEST(TimmNames, BuildWithTheTensorsOfTheReference) {
    if (!have_reference()) GTEST_SKIP() << "needs ../shared";
    struct Count {
        int good = 0, total = 0;
    };
    std::map<std::string, Count> families;
    const auto read = for_each_name([&](const Json& line) {
        const std::string name = line["model"], family = line["family"];
        if (!chosen_by_environment(name, family)) return;
        Count& count = families[family];
        ++count.total;
        const std::string problem = compare(line);
        if (problem.empty()) ++count.good;
        EXPECT_EQ(problem, "") << name;
    });
    ASSERT_TRUE(read) << read.error().message;
    int good = 0, total = 0;
    for (const auto& [family, count] : families) {
        std::cout << format("{}: {} of {}\n", family, count.good, count.total);
        good += count.good;
        total += count.total;
    }
    std::cout << format("{} of {} names have the reference's tensors\n", good, total);
}

// Also without the reference: all of timm 1.0.29.
TEST(TimmNames, AreAllOfThem) {
    std::set<std::string_view> families;
    for (const zoo::timm::Model& model : zoo::timm::all_models())
        families.insert(zoo::timm::family_of(model).name);
    EXPECT_EQ(zoo::timm::all_models().size(), 1302);
    EXPECT_EQ(families.size(), 91);
    EXPECT_EQ(zoo::timm::all_families().size(), 91);
}

}  // namespace
}  // namespace lathe::timm_test
