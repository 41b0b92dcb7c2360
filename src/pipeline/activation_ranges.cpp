#include "pipeline/activation_ranges.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/content_hash.h"
#include "base/file.h"
#include "graph/text_form.h"
#include "pipeline/engines.h"
#include "run/engine.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;
using graph::Graph;
using graph::ValueId;

constexpr std::string_view kCacheKind = "lathe activation ranges 1";
constexpr uint64_t kUnknownBytes = uint64_t{16} << 20;  // of a value whose size only the run tells
constexpr size_t kLargestCache = size_t{1} << 28;

// --- the file of ranges ---

struct CacheKey {
    std::string graph, inputs, method;
    bool operator==(const CacheKey&) const = default;
};

std::string describe(const quant::RangeOptions& options) {
    return format("{}{}{} {} codes", quant::name_of(options.method),
                  options.method == quant::RangeMethod::kPercentile ? format(" {}", options.percentile) : "",
                  options.symmetric ? " symmetric" : "", options.codes);
}

struct Cached {
    bool same = false;  // key
    passes::Ranges ranges;
};

Result<Cached> read_cache(const std::string& path, const CacheKey& key) {
    const auto foreign = [&](std::string_view why) {
        return fail("{}: is not a file of activation ranges ({}); give another name for it", path, why);
    };
    TRY(const SharedBytes bytes, map_file(path));
    if (bytes.size() > kLargestCache) return foreign("too large");
    const auto json = parse_json(as_text(bytes.bytes()));
    if (!json) return foreign(json.error().message);
    const auto kind = string_member(*json, "kind");
    const Json* ranges = find_member(*json, "ranges");
    if (!kind || *kind != kCacheKind || ranges == nullptr || !ranges->is_object())
        return foreign("its kind is another");
    TRY(const std::string graph, string_member(*json, "graph"));
    TRY(const std::string inputs, string_member(*json, "inputs"));
    TRY(const std::string method, string_member(*json, "method"));
    Cached cached{.same = key == CacheKey{graph, inputs, method}};
    for (const auto& [name, range] : ranges->items()) {
        if (!range.is_array() || range.size() != 2 || !range[0].is_number() || !range[1].is_number())
            return foreign("a range is not two numbers");
        cached.ranges[name] = {range[0].get<double>(), range[1].get<double>()};
    }
    return cached;
}

Status write_cache(const std::string& path, const CacheKey& key, const passes::Ranges& ranges) {
    Json json{{"kind", kCacheKind},
              {"graph", key.graph},
              {"inputs", key.inputs},
              {"method", key.method},
              {"ranges", Json::object()}};
    for (const auto& [name, range] : ranges) json["ranges"][name] = {range.low, range.high};
    return write_file(path, as_bytes(to_text(json) + "\n"));
}

// --- measuring ---

struct Wanted {
    ValueId id;
    quant::ValueHistogram histogram;
};

class Measurement {
public:
    Measurement(const Graph& graph, const InputSets& inputs, const RangeChoices& choices,
                const Progress& progress)
        : graph_(graph), inputs_(inputs), choices_(choices), progress_(progress), threads_(choices.threads) {}

    Result<passes::Ranges> run(const std::vector<std::string>& values) {
        for (const std::string& name : values) {
            const ValueId id = graph_.find(name);
            if (id == graph::kNoValue) return fail("the graph has no value '{}'", name);
            wanted_.push_back({id, {}});
        }
        TRY_STATUS(form_groups());
        for (group_ = 0; group_ < groups_.size(); ++group_) TRY_STATUS(run_group());
        std::vector<quant::ValueRange> found(wanted_.size());
        threads_.parallel_for(wanted_.size(),
                              [&](size_t i) { found[i] = wanted_[i].histogram.range(choices_.method); });
        passes::Ranges ranges;
        for (size_t i = 0; i < wanted_.size(); ++i)
            ranges[graph_[wanted_[i].id].name] = {found[i].low, found[i].high};
        return ranges;
    }

    size_t passes() const { return groups_.size(); }

private:
    bool is_input(ValueId id) const { return std::ranges::find(graph_.inputs, id) != graph_.inputs.end(); }

    // Values that are looked at in one run, by their sizes on the first inputs.
    Status form_groups() {
        graph::Bindings sizes;
        bool first = true;
        const auto learn = [&](const NamedTensors& set) -> Status {
            if (!first) return {};
            first = false;
            TRY(const auto tensors, check::inputs_in_order(graph_, set));
            return run::bind_inputs(graph_, tensors, sizes);
        };
        TRY_STATUS(inputs_.beginning(1).for_each(threads_, learn));
        if (first) return fail("there are no inputs to calibrate with");
        uint64_t bytes = 0;
        for (size_t i = 0; i < wanted_.size(); ++i) {
            const auto shape = graph::evaluate(graph_[wanted_[i].id].shape, sizes);
            const auto count = shape ? checked_element_count(*shape) : std::nullopt;
            const uint64_t more = count ? static_cast<uint64_t>(*count) * 4 : kUnknownBytes;
            if (groups_.empty() || bytes + more > choices_.memory_bytes) groups_.emplace_back(), bytes = 0;
            groups_.back().push_back(i);
            bytes += more;
        }
        return {};
    }

    Status run_group() {
        Graph part = graph_;
        part.outputs.clear();
        std::vector<size_t> made, given;
        for (const size_t i : groups_[group_]) {
            (is_input(wanted_[i].id) ? given : made).push_back(i);
            if (!is_input(wanted_[i].id)) part.outputs.push_back(wanted_[i].id);
        }
        std::unique_ptr<run::Program> program;
        if (!made.empty()) {
            TRY(program, plan_for(graph::without_dead_code(std::move(part)), {.threads = choices_.threads}));
        }
        size_t done = 0;
        return inputs_.for_each(threads_, [&](const NamedTensors& set) -> Status {
            TRY(const auto tensors, check::inputs_in_order(graph_, set));
            std::vector<Tensor> results;
            if (program != nullptr) {
                TRY(results, program->run(tensors));
            }
            for (const size_t i : given) {
                const auto at = std::ranges::find(graph_.inputs, wanted_[i].id) - graph_.inputs.begin();
                results.push_back(tensors[static_cast<size_t>(at)]);
            }
            std::vector<size_t> order = made;
            order.insert(order.end(), given.begin(), given.end());
            TRY_STATUS(look(order, results, ++done));
            if (progress_) {
                const size_t all = std::max(inputs_.count(), done);
                progress_("calibrating", group_ * all + done, groups_.size() * all);
            }
            return {};
        });
    }

    Status look(const std::vector<size_t>& order, const std::vector<Tensor>& results, size_t set) {
        std::vector<Status> statuses(order.size());
        threads_.parallel_for(order.size(), [&](size_t k) {
            const Tensor plain = results[k].to(DType::kF32).to_contiguous();
            statuses[k] = wanted_[order[k]].histogram.add(plain.values<float>());
        });
        for (size_t k = 0; k < order.size(); ++k)
            TRY_STATUS(with_place(statuses[k], format("the value '{}' with set {} of the inputs",
                                                      graph_[wanted_[order[k]].id].name, set)));
        return {};
    }

    const Graph& graph_;
    const InputSets& inputs_;
    const RangeChoices& choices_;
    const Progress& progress_;
    ThreadPool threads_;
    std::vector<Wanted> wanted_;
    std::vector<std::vector<size_t>> groups_;
    size_t group_ = 0;
};

}  // namespace

std::string fingerprint(const Graph& graph) {
    ContentHash hash;
    hash.add(graph::to_text(graph));
    for (const graph::Value& value : graph.values)
        if (value.constant) hash.add(value.constant->to_contiguous().bytes());
    return hash.text();
}

Result<MeasuredRanges> measure_ranges(const Graph& graph, const std::vector<std::string>& values,
                                      const InputSets& inputs, const RangeChoices& choices,
                                      const Progress& progress) {
    MeasuredRanges measured;
    CacheKey key{.method = describe(choices.method)};
    if (!choices.cache.empty()) {
        key.graph = fingerprint(graph);
        TRY(key.inputs, fingerprint(inputs));
        if (file_exists(choices.cache)) {
            TRY(Cached cached, read_cache(choices.cache, key));
            const bool complete =
                std::ranges::all_of(values, [&](const auto& name) { return cached.ranges.contains(name); });
            if (cached.same && complete) {
                measured.ranges = std::move(cached.ranges);
                measured.notes.push_back(format("ranges of activations are those kept in {}", choices.cache));
                return measured;
            }
            measured.notes.push_back(
                format("{} held ranges of another model, other inputs or another method: measured anew",
                       choices.cache));
        }
    }
    Measurement measurement(graph, inputs, choices, progress);
    TRY(measured.ranges, measurement.run(values));
    measured.passes = measurement.passes();
    if (!choices.cache.empty()) TRY_STATUS(write_cache(choices.cache, key, measured.ranges));
    return measured;
}

}  // namespace lathe::pipeline
