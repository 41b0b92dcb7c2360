// From the tensors of a Go network to the numbers that the read-outs take.
#include <charconv>

#include "base/text.h"
#include "pipeline/go.h"

namespace lathe::pipeline {
namespace {

using graph::Graph;

constexpr int kUsualVersion = 14;  // of the networks that other programs' exports hold

std::string metadata(const Graph& graph, const std::string& key) {
    const auto it = graph.metadata.find("katago." + key);
    return it == graph.metadata.end() ? "" : it->second;
}

// The output of that name, with a batch of one, as numbers; empty when the model lacks it.
std::vector<double> numbers(const Graph& graph, const std::vector<Tensor>& outputs, std::string_view name) {
    for (size_t i = 0; i < outputs.size(); ++i)
        if (graph[graph.outputs[i]].name == name) return outputs[i].to_doubles();
    return {};
}

const Tensor* output(const Graph& graph, const std::vector<Tensor>& outputs, std::string_view name) {
    for (size_t i = 0; i < outputs.size(); ++i)
        if (graph[graph.outputs[i]].name == name) return &outputs[i];
    return nullptr;
}

void read_multipliers(const std::string& text, int version, game::PostProcess& post) {
    if (version >= 13) post.shortterm_score_error = 150;
    std::vector<double> values;
    for (const auto word : split(text, ' ')) {
        double value = 0;
        if (parse_double(word, value)) values.push_back(value);
    }
    if (values.size() != 7) return;
    post = {.score_mean = values[1],
            .score_spread = values[2],
            .lead = values[3],
            .time_left = values[4],
            .shortterm_winloss_error = values[5],
            .shortterm_score_error = values[6]};
}

// Which policy channel holds the short-term optimistic policy. Checkpoints order theirs otherwise than network files.
int optimistic_channel(bool from_checkpoint, int version, int64_t channels) {
    if (version < 12 || channels < 2) return -1;
    if (from_checkpoint) return channels > 5 ? 5 : -1;
    return 1;
}

// Numbers of the score head that this version of networks has.
size_t score_outputs(int version) { return version <= 3 ? 1 : version <= 7 ? 2 : version == 8 ? 4 : 6; }

std::vector<double> channel(const std::vector<double>& policy, int64_t index, int64_t width) {
    const auto begin = policy.begin() + index * width;
    return {begin, begin + width};
}

}  // namespace

Result<game::RawOutputs> raw_outputs(const Graph& graph, const std::vector<Tensor>& outputs,
                                     std::vector<std::string>& notes) {
    const Tensor* policy = output(graph, outputs, "policy");
    const Tensor* value = output(graph, outputs, "value");
    const Tensor* misc = output(graph, outputs, "miscvalue");
    if (policy == nullptr || value == nullptr || misc == nullptr)
        return fail(
            "the model lacks one of the outputs policy, value and miscvalue; export it without --heads, or with these");
    if (policy->rank() != 3 || policy->dim(0) != 1 || value->count() != 3)
        return fail("policy is {} and value {}, expected [1, P, points + 1] and [1, 3]", describe(*policy),
                    describe(*value));
    game::RawOutputs raw;
    int64_t version = kUsualVersion;
    const std::string stated = metadata(graph, "version");
    const bool from_checkpoint =
        !metadata(graph, "weights").empty() || (stated.empty() && policy->dim(1) >= 6);
    if (!parse_int(stated, version))
        notes.push_back(format("the model does not say its version; read as version {}", kUsualVersion));
    raw.model_version = static_cast<int>(version);
    read_multipliers(metadata(graph, "multipliers"), raw.model_version, raw.post_process);
    const auto logits = policy->to_doubles();
    raw.policy = channel(logits, 0, policy->dim(2));
    if (const int at = optimistic_channel(from_checkpoint, raw.model_version, policy->dim(1)); at >= 0)
        raw.optimistic_policy = channel(logits, at, policy->dim(2));
    const auto values = value->to_doubles();
    std::copy(values.begin(), values.end(), raw.value.begin());
    raw.score_value = misc->to_doubles();
    if (raw.score_value.size() > 4) raw.score_value.resize(4);
    for (const double more : numbers(graph, outputs, "moremiscvalue"))
        if (raw.score_value.size() < score_outputs(raw.model_version)) raw.score_value.push_back(more);
    if (raw.score_value.size() < score_outputs(raw.model_version))
        return fail(
            "the model has {} score outputs, version {} needs {}; was moremiscvalue left out with --heads?",
            raw.score_value.size(), raw.model_version, score_outputs(raw.model_version));
    raw.score_value.resize(score_outputs(raw.model_version));
    raw.ownership = numbers(graph, outputs, "ownership");
    return raw;
}

}  // namespace lathe::pipeline
