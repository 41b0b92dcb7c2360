#include "pipeline/bench/contest.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace lathe::pipeline {
namespace {

constexpr double kBlockSeconds = 0.25;
constexpr size_t kLeastBlocks = 3;
// Jobs that take longer fill the caches themselves: no run before the measured ones is worth its time.
constexpr double kLongJobMs = 100;

struct Record {
    std::vector<double> ms;
    double seconds() const { return std::reduce(ms.begin(), ms.end()) / 1000; }
};

bool done(const Record& record, const Effort& effort) {
    return effort.runs > 0 ? record.ms.size() >= effort.runs : record.seconds() >= effort.seconds;
}

Block next_block(const Record& record, const Effort& effort, size_t blocks) {
    Block block{.unmeasured = record.ms.empty() || record.ms.back() < kLongJobMs ? 1 : 0,
                .seconds = effort.seconds / static_cast<double>(blocks),
                .most = std::numeric_limits<size_t>::max()};
    if (effort.runs > 0) {
        block.seconds = std::numeric_limits<double>::max();
        block.most = std::min((effort.runs + blocks - 1) / blocks, effort.runs - record.ms.size());
    }
    return block;
}

void tell(const Progress& progress, std::span<const Record> records, const Effort& effort) {
    if (!progress) return;
    double share = 1;
    for (const Record& record : records)
        share = std::min(share, effort.runs > 0
                                    ? static_cast<double>(record.ms.size()) / static_cast<double>(effort.runs)
                                    : record.seconds() / effort.seconds);
    progress("measuring", static_cast<uint64_t>(share * 1000), 1000);
}

}  // namespace

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<std::vector<std::vector<double>>> take_turns(std::span<Contestant* const> contestants,
                                                    const Effort& effort, const Progress& progress) {
    std::vector<Record> records(contestants.size());
    const size_t blocks =
        std::max(kLeastBlocks, static_cast<size_t>(std::ceil(effort.seconds / kBlockSeconds)));
    while (!std::ranges::all_of(records, [&](const Record& record) { return done(record, effort); })) {
        for (size_t i = 0; i < contestants.size(); ++i) {
            if (done(records[i], effort)) continue;
            TRY(const auto ms, contestants[i]->run(next_block(records[i], effort, blocks)));
            records[i].ms.insert(records[i].ms.end(), ms.begin(), ms.end());
        }
        tell(progress, records, effort);
    }
    std::vector<std::vector<double>> times;
    for (Record& record : records) times.push_back(std::move(record.ms));
    return times;
}

Summary summary_of(std::vector<double> ms) {
    if (ms.empty()) return {};
    std::ranges::sort(ms);
    const auto percentile = [&](size_t percent) { return ms[(ms.size() * percent + 99) / 100 - 1]; };
    const size_t half = ms.size() / 2;
    return {.runs = ms.size(),
            .median_ms = ms.size() % 2 == 1 ? ms[half] : (ms[half - 1] + ms[half]) / 2,
            .p90_ms = percentile(90),
            .p99_ms = percentile(99),
            .min_ms = ms[0]};
}

}  // namespace lathe::pipeline
