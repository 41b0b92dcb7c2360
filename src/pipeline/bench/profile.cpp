#include "pipeline/bench/profile.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "pipeline/bench/contest.h"

namespace lathe::pipeline {
namespace {

// A row that reaches less than this share of both limits spends its time on something else.
constexpr double kFarFromLimits = 0.3;

std::string bound_of(const ProfileRow& row, const run::cpu::Rates& limits) {
    const double compute = limits.flops > 0 ? row.gflops() * 1e9 / limits.flops : 0;
    const double memory = limits.read_bytes > 0 ? row.gb_per_s() * 1e9 / limits.read_bytes : 0;
    if (std::max(compute, memory) < kFarFromLimits) return "overhead";
    return compute >= memory ? "compute" : "memory";
}

double median_ms(std::span<const TracedRun> runs, auto seconds_of) {
    std::vector<double> ms;
    for (const TracedRun& run : runs) ms.push_back(seconds_of(run) * 1000);
    return summary_of(std::move(ms)).median_ms;
}

// One row for the steps that repeat themselves for each part of a batch.
std::vector<ProfileRow> steps_of(std::span<const TracedRun> runs) {
    std::vector<ProfileRow> rows;
    std::map<std::tuple<std::string, std::string, std::string>, size_t> places;
    for (size_t i = 0; i < runs[0].steps.size(); ++i) {
        const run::StepTime& step = runs[0].steps[i];
        const auto [place, is_new] = places.try_emplace({step.node, step.op, step.kernel}, rows.size());
        if (is_new)
            rows.push_back({.node = step.node, .op = step.op, .kernel = step.kernel, .output = step.output});
        ProfileRow& row = rows[place->second];
        row.ms += median_ms(runs, [&](const TracedRun& run) { return run.steps[i].seconds; });
        row.flops += step.flops;
        row.bytes += step.bytes;
    }
    return rows;
}

std::vector<ProfileRow> operators_of(std::span<const ProfileRow> steps) {
    std::map<std::pair<std::string, std::string>, ProfileRow> groups;
    for (const ProfileRow& step : steps) {
        ProfileRow& row = groups
                              .try_emplace({step.op, step.kernel},
                                           ProfileRow{.op = step.op, .kernel = step.kernel, .count = 0})
                              .first->second;
        ++row.count;
        row.ms += step.ms;
        row.flops += step.flops;
        row.bytes += step.bytes;
    }
    std::vector<ProfileRow> rows;
    for (auto& [key, row] : groups) rows.push_back(std::move(row));
    std::ranges::stable_sort(rows, std::greater(), &ProfileRow::ms);
    return rows;
}

}  // namespace

Profile profile_of(std::span<const TracedRun> runs, const run::cpu::Rates& limits) {
    Profile profile{.runs = runs.size()};
    if (runs.empty()) return profile;
    profile.between_ms = median_ms(runs, [](const TracedRun& run) {
        double seconds = run.seconds;
        for (const run::StepTime& step : run.steps) seconds -= step.seconds;
        return std::max(seconds, 0.0);
    });
    profile.steps = steps_of(runs);
    profile.operators = operators_of(profile.steps);
    profile.run_ms = profile.between_ms;
    for (const ProfileRow& step : profile.steps) profile.run_ms += step.ms;
    for (auto* rows : {&profile.steps, &profile.operators})
        for (ProfileRow& row : *rows) {
            row.share = profile.run_ms > 0 ? row.ms / profile.run_ms : 0;
            row.bound = bound_of(row, limits);
        }
    return profile;
}

}  // namespace lathe::pipeline
