// A Net as the records of a network file: the choices of KataGo's exporter (python/export_model_pytorch.py), which
// keeps of a checkpoint's policies and scores those that its engine reads.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "zoo/katago/katago.h"

namespace lathe::zoo::katago {
namespace {

// Where a record stands: in the description (and so its tensors' names), and in the network file's own words.
struct At {
    std::string path, name;
    At operator/(std::string_view key) const {
        return {format("{}.{}", path, key), format("{}.{}", name, key)};
    }
};

// Columns of a matrix [in, out], or rows of a convolution [out, in, y, x].
Tensor picked(const Tensor& tensor, int axis, const std::vector<int64_t>& picks) {
    const Tensor plain = tensor.to_contiguous();
    Shape shape = plain.shape();
    const auto size = static_cast<size_t>(shape[static_cast<size_t>(axis)]);
    shape[static_cast<size_t>(axis)] = static_cast<int64_t>(picks.size());
    const auto inner = static_cast<size_t>(axis == 0 ? plain.count() / plain.dim(0) : 1);
    const size_t outer = static_cast<size_t>(plain.count()) / (inner * size);
    std::vector<float> values;
    for (size_t o = 0; o < outer; ++o)
        for (const int64_t pick : picks) {
            const auto part =
                plain.values<float>().subspan((o * size + static_cast<size_t>(pick)) * inner, inner);
            values.insert(values.end(), part.begin(), part.end());
        }
    return Tensor::of<float>(shape, std::span<const float>(values));
}

Tensor joined(const Tensor& a, const Tensor& b) {  // vectors
    std::vector<float> values;
    for (const Tensor& part : {a.to_contiguous(), b.to_contiguous()})
        values.insert(values.end(), part.values<float>().begin(), part.values<float>().end());
    return Tensor::of<float>({static_cast<int64_t>(values.size())}, std::span<const float>(values));
}

class RecordMaker {
public:
    explicit RecordMaker(const Net& net) : net_(net) {}
    Result<graph::Checkpoint> make(std::string_view name);

private:
    void choose_version();
    Json multipliers() const;
    Json trunk();
    Json meta_encoder(const At& at);
    Json block(const At& at, const Block& block);
    Json body(const At& at, const Chain& chain);
    Json body(const At& at, const Nested& nested);
    Json body(const At& at, const Attention& attention);
    Json body(const At& at, const FeedForward& layers);
    Json norm_act_conv(const At& at, const NormActConv& layer);
    Json policy_head(const PolicyHead& head);
    Json value_head(const ValueHead& head);
    void scores(const At& at, const ValueHead& head, Json& record);

    Json conv(const At& at, const Conv& conv);
    Json matrix(const At& at, const Tensor& weight);
    Json bias(const At& at, const Tensor& bias);
    Json norm(const At& at, const Norm& norm);
    Json rms_norm(const At& at, const RmsNorm& norm);
    Json tip_norm(const At& at, const RmsNorm& norm);
    Json activation(const At& at, Activation kind);

    void tensor(const At& at, const char* what, Tensor tensor) {
        tensors_.push_back({format("{}.{}", at.path, what), std::move(tensor)});
    }
    void fail_with(std::string message) {
        if (!error_) error_ = Error{std::move(message)};
    }

    const Net& net_;
    int64_t version_ = 0;
    std::vector<graph::NamedTensor> tensors_;
    std::optional<Error> error_;
};

Json RecordMaker::conv(const At& at, const Conv& conv) {
    const Shape& shape = conv.weight.shape();
    if (conv.dilation_y != 1 || conv.dilation_x != 1)
        fail_with(format("KataGo's engines have no dilated convolutions, as '{}' is", at.path));
    tensor(at, "weight", conv.weight);
    return {
        {"name", at.name}, {"kernel_y", shape[2]},          {"kernel_x", shape[3]},         {"in", shape[1]},
        {"out", shape[0]}, {"dilation_y", conv.dilation_y}, {"dilation_x", conv.dilation_x}};
}

Json RecordMaker::matrix(const At& at, const Tensor& weight) {
    tensor(at, "weight", weight);
    return {{"name", at.name}, {"in", weight.dim(0)}, {"out", weight.dim(1)}};
}

Json RecordMaker::bias(const At& at, const Tensor& bias) {
    tensor(at, "bias", bias);
    return {{"name", at.name}, {"channels", bias.dim(0)}};
}

Json RecordMaker::norm(const At& at, const Norm& norm) {
    const int64_t channels = norm.bias ? norm.bias->dim(0) : norm.mean ? norm.mean->dim(0) : 0;
    tensor(at, "mean", norm.mean ? *norm.mean : Tensor::filled(DType::kF32, {channels}, 0));
    tensor(at, "variance", norm.variance ? *norm.variance : Tensor::filled(DType::kF32, {channels}, 1));
    if (norm.scale) tensor(at, "scale", *norm.scale);
    if (norm.bias) tensor(at, "bias", *norm.bias);
    return {{"name", at.name},
            {"channels", channels},
            {"epsilon", norm.epsilon},
            {"has_scale", norm.scale ? 1 : 0},
            {"has_bias", norm.bias ? 1 : 0}};
}

Json RecordMaker::rms_norm(const At& at, const RmsNorm& norm) {
    tensor(at, "weight", norm.weight);
    return {{"name", at.name}, {"channels", norm.weight.dim(0)}, {"epsilon", norm.epsilon}};
}

Json RecordMaker::tip_norm(const At& at, const RmsNorm& norm) {
    const int64_t channels = norm.weight.dim(0);
    if (norm.group_size != 0)
        fail_with(format("KataGo's engines have no grouped RMS norm, as '{}' is", at.path));
    tensor(at, "gamma", norm.weight);
    tensor(at, "beta", norm.bias ? *norm.bias : Tensor::filled(DType::kF32, {channels}, 0));
    return {{"name", at.name},
            {"channels", channels},
            {"epsilon", norm.epsilon},
            {"spatial", norm.spatial ? 1 : 0},
            {"group_size", 0}};
}

Json RecordMaker::activation(const At& at, Activation kind) {
    Json record{{"name", at.name}};
    switch (kind) {
        case Activation::kIdentity: record["kind"] = "ACTIVATION_IDENTITY"; break;
        case Activation::kRelu: record["kind"] = "ACTIVATION_RELU"; break;
        case Activation::kMish: record["kind"] = "ACTIVATION_MISH"; break;
        case Activation::kSilu: record["kind"] = "ACTIVATION_SILU"; break;
        case Activation::kElu: fail_with("KataGo's network files have no elu activation"); break;
        case Activation::kGelu: fail_with("KataGo's network files have no gelu activation"); break;
        case Activation::kHardswish: fail_with("KataGo's network files have no hardswish activation"); break;
    }
    return record;
}

Json RecordMaker::norm_act_conv(const At& at, const NormActConv& layer) {
    Json record{{"norm", norm(at / "norm", layer.norm)}, {"act", activation(at / "act", layer.act)}};
    if (const auto* plain = std::get_if<Conv>(&layer.conv)) {
        record["conv"] = conv(at / "conv", *plain);
        return record;
    }
    const auto& pooling = std::get<PoolingConv>(layer.conv);
    const At pool = at / "convpool";
    Json& inside = record["convpool"] = Json::object();
    inside["conv1r"] = conv(pool / "conv1r", pooling.regular);
    inside["conv1g"] = conv(pool / "conv1g", pooling.pooled);
    inside["normg"] = norm(pool / "normg", pooling.norm);
    inside["actg"] = activation(pool / "actg", pooling.act);
    inside["linear_g"] = matrix(pool / "linear_g", pooling.linear.weight);
    return record;
}

Json RecordMaker::body(const At& at, const Chain& chain) {
    const auto pools = [](const NormActConv& layer) {
        return std::holds_alternative<PoolingConv>(layer.conv);
    };
    if (chain.layers.size() != 2 || pools(chain.layers[1])) {
        fail_with(format("KataGo's network files have no plain bottleneck blocks, as '{}' is", at.path));
        return {};
    }
    return {{"kind", pools(chain.layers[0]) ? "gpool_block" : "ordinary_block"},
            {"name", at.name},
            {"normactconv1", norm_act_conv(at / "normactconv1", chain.layers[0])},
            {"normactconv2", norm_act_conv(at / "normactconv2", chain.layers[1])}};
}

Json RecordMaker::body(const At& at, const Nested& nested) {
    Json record{{"kind", "nested_bottleneck_block"}, {"name", at.name}, {"blockstack", Json::array()}};
    record["normactconvp"] = norm_act_conv(at / "normactconvp", nested.in);
    for (size_t i = 0; i < nested.blocks.size(); ++i)
        record["blockstack"].push_back(block(at / format("blockstack.{}", i), nested.blocks[i]));
    record["normactconvq"] = norm_act_conv(at / "normactconvq", nested.out);
    return record;
}

Json RecordMaker::body(const At& at, const Attention& a) {
    const bool learned = a.rotary && a.rotary->frequencies;
    if (a.q_norm)
        fail_with(format("KataGo's network files have no norms of queries and keys, as '{}' has", at.path));
    Json record{{"kind", "transformer_attention_block"},
                {"name", at.name},
                {"heads", a.heads},
                {"kv_heads", a.kv_heads},
                {"query_size", a.query_size},
                {"value_size", a.value_size},
                {"rope", a.rotary ? 1 : 0},
                {"learned_rope", learned ? 1 : 0}};
    record["norm1"] = rms_norm(at / "norm1", a.norm);
    record["q_proj"] = matrix(at / "q_proj", a.q.weight);
    record["k_proj"] = matrix(at / "k_proj", a.k.weight);
    record["v_proj"] = matrix(at / "v_proj", a.v.weight);
    record["out_proj"] = matrix(at / "out_proj", a.out.weight);
    if (learned) {
        const At rope = at / "rope_freqs";
        tensor(rope, "weight", *a.rotary->frequencies);
        record["rope_freqs"] = {
            {"name", rope.name}, {"kv_heads", a.kv_heads}, {"pairs", a.query_size / 2}, {"directions", 2}};
    } else if (a.rotary) {
        record["rope_theta"] = {{"name", (at / "rope_theta").name}, {"theta", a.rotary->theta}};
    }
    return record;
}

Json RecordMaker::body(const At& at, const FeedForward& f) {
    if (!f.gate) {
        fail_with(format("KataGo's engines have no feed-forward block without a gate, as '{}' is", at.path));
        return {};
    }
    if (f.local)
        fail_with(format("KataGo's network files have no convolution within feed-forward blocks, as '{}' has",
                         at.path));
    return {{"kind", "transformer_ffn_block"},
            {"name", at.name},
            {"channels", f.up.in()},
            {"inner_channels", f.up.out()},
            {"swiglu", 1},
            {"norm", rms_norm(at / "norm", f.norm)},
            {"ffn_linear1", matrix(at / "ffn_linear1", f.up.weight)},
            {"ffn_linear_gate", matrix(at / "ffn_linear_gate", f.gate->weight)},
            {"ffn_linear2", matrix(at / "ffn_linear2", f.down.weight)}};
}

Json RecordMaker::block(const At& at, const Block& block) {
    return std::visit([&](const auto& inside) { return body(at, inside); }, block.body);
}

Json RecordMaker::meta_encoder(const At& at) {
    const MetaEncoder& encoder = *net_.trunk.meta;
    if (!encoder.first.bias || !encoder.second.bias) {
        fail_with("the encoder of SGF metadata lacks its biases");
        return {};
    }
    return {{"name", at.name},
            {"inputs", encoder.first.in()},
            {"mul1", matrix(at / "mul1", encoder.first.weight)},
            {"bias1", bias(at / "bias1", *encoder.first.bias)},
            {"act1", activation(at / "act1", encoder.first_act)},
            {"mul2", matrix(at / "mul2", encoder.second.weight)},
            {"bias2", bias(at / "bias2", *encoder.second.bias)},
            {"act2", activation(at / "act2", encoder.second_act)},
            {"mul3", matrix(at / "mul3", encoder.last.weight)}};
}

Json RecordMaker::trunk() {
    const At at{"trunk", "model"};
    const Trunk& t = net_.trunk;
    if (!t.shares.keep.empty() || t.shares.back_start)
        fail_with(
            "KataGo's network files have no gates of the trunk's channels (use_trunk_channel_gate, use_trunk_residual_backout)");
    const auto* rms = std::get_if<RmsNorm>(&t.tip.norm);
    Json record{{"name", "trunk"},
                {"blocks", Json::array()},
                {"channels", net_.channels()},
                {"mid_channels", net_.mid_channels},
                {"regular_channels", net_.mid_channels - net_.gpool_channels},
                {"dilated_channels", net_.gpool_channels},
                {"gpool_channels", net_.gpool_channels}};
    if (version_ >= 15) record["norm_kind"] = rms != nullptr ? 1 : 0;
    record["conv_spatial"] = conv(at / "conv_spatial", t.spatial);
    record["linear_global"] = matrix(at / "linear_global", t.global.weight);
    if (t.meta) record["sgf_metadata_encoder"] = meta_encoder(at / "sgf_metadata_encoder");
    for (size_t i = 0; i < t.blocks.size(); ++i)
        record["blocks"].push_back(block(at / format("blocks.{}", i), t.blocks[i]));
    const At tip = at / "norm_trunkfinal";
    record["norm_trunkfinal"] = rms != nullptr ? tip_norm(tip, *rms) : norm(tip, std::get<Norm>(t.tip.norm));
    record["act_trunkfinal"] = activation(at / "act_trunkfinal", t.tip.act);
    return record;
}

Json RecordMaker::policy_head(const PolicyHead& head) {
    const At at{"policy_head", "model.policy_head"};
    const int64_t policies = head.p2.weight.dim(0);
    std::vector<int64_t> kept;  // checkpoints: next move, short optimism, Q win-loss, Q score
    if (!net_.from_checkpoint())
        for (int64_t i = 0; i < policies; ++i) kept.push_back(i);
    else
        kept = version_ <= 11  ? std::vector<int64_t>{0}
               : policies == 8 ? std::vector<int64_t>{0, 5, 6, 7}
                               : std::vector<int64_t>{0, 5};
    if (kept.back() >= policies) {
        fail_with(format("the network has {} policies, which is not of version {}", policies, net_.version));
        return {};
    }
    Json record{{"name", at.name}};
    if (version_ >= 17) record["policy_channels"] = kept.size();
    record["conv1p"] = conv(at / "conv1p", head.p1);
    record["conv1g"] = conv(at / "conv1g", head.g1);
    record["biasg"] = norm(at / "biasg", head.g_norm);
    record["actg"] = activation(at / "actg", head.g_act);
    record["linear_g"] = matrix(at / "linear_g", head.g_to_p.weight);
    record["bias2"] = norm(at / "bias2", head.p_norm);
    record["act2"] = activation(at / "act2", head.p_act);
    record["conv2p"] = conv(at / "conv2p", {.weight = picked(head.p2.weight, 0, kept)});
    if (!head.pass2) {
        record["linear_pass"] = matrix(at / "linear_pass", picked(head.pass.weight, 1, kept));
        return record;
    }
    record["linear_pass"] = matrix(at / "linear_pass", head.pass.weight);
    record["linear_pass_bias"] = bias(at / "linear_pass_bias", *head.pass.bias);
    record["act_pass"] = activation(at / "act_pass", head.pass_act);
    record["linear_pass2"] = matrix(at / "linear_pass2", picked(head.pass2->weight, 1, kept));
    return record;
}

// Of a checkpoint: score mean, score stdev, lead, variance of time; and the two short-term errors.
void RecordMaker::scores(const At& at, const ValueHead& head, Json& record) {
    Tensor weight = head.misc.weight, offset = *head.misc.bias;
    if (head.more_misc) {
        constexpr int kSwap[] = {1, 0};
        const Shape shape{6, weight.dim(0)};
        const Tensor first =
            picked(weight, 1, {0, 1, 2, 3}).transposed(kSwap).to_contiguous().reshaped({4 * shape[1]});
        const Tensor second = picked(head.more_misc->weight, 1, {0, 1})
                                  .transposed(kSwap)
                                  .to_contiguous()
                                  .reshaped({2 * shape[1]});
        weight = joined(first, second).reshaped(shape).transposed(kSwap);
        offset = joined(picked(offset, 0, {0, 1, 2, 3}), picked(*head.more_misc->bias, 0, {0, 1}));
    }
    record["linear_miscvaluehead"] = matrix(at / "linear_miscvaluehead", weight);
    record["bias_miscvaluehead"] = bias(at / "bias_miscvaluehead", offset);
}

Json RecordMaker::value_head(const ValueHead& head) {
    const At at{"value_head", "model.value_head"};
    Json record{{"name", at.name}};
    record["conv1"] = conv(at / "conv1", head.v1);
    record["bias1"] = norm(at / "bias1", head.norm);
    record["act1"] = activation(at / "act1", head.act);
    record["linear2"] = matrix(at / "linear2", head.v2.weight);
    record["bias2"] = bias(at / "bias2", *head.v2.bias);
    record["act2"] = activation(at / "act2", head.v2_act);
    record["linear_valuehead"] = matrix(at / "linear_valuehead", head.value.weight);
    record["bias_valuehead"] = bias(at / "bias_valuehead", *head.value.bias);
    scores(at, head, record);
    record["conv_ownership"] = conv(at / "conv_ownership", head.ownership);
    return record;
}

Json RecordMaker::multipliers() const {
    const Multipliers& m = net_.multipliers;
    return {{"td_score", m.td_score},
            {"score_mean", m.score_mean},
            {"score_stdev", m.score_stdev},
            {"lead", m.lead},
            {"variance_time", m.variance_time},
            {"shortterm_value_error", m.shortterm_value_error},
            {"shortterm_score_error", m.shortterm_score_error}};
}

void RecordMaker::choose_version() {
    version_ = net_.version;
    if (!net_.from_checkpoint()) return;
    version_ = std::max<int64_t>(version_, 11);  // the oldest with activations of its own
    const bool rms_tip = std::holds_alternative<RmsNorm>(net_.trunk.tip.norm);
    if ((version_ == 15 || version_ == 16) && (rms_tip || net_.pass_alive_under_suicide_rules)) version_ = 17;
    if (version_ < 17 && (rms_tip || net_.pass_alive_under_suicide_rules))
        fail_with(format(
            "a network file of version {} cannot say that the trunk ends in an RMS norm or that pass-alive "
            "areas are computed under suicide rules",
            version_));
    if (version_ < 15 && net_.trunk.meta)
        fail_with(format("a network file of version {} has no encoder of SGF metadata", version_));
}

// Letters, digits, '_' and '-', at most 96: what KataGo takes.
std::string tidy_name(std::string_view name) {
    std::string tidy(name.substr(0, 96));
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    };
    std::ranges::replace_if(tidy, [&](char c) { return !allowed(c); }, '-');
    return tidy.empty() ? "network" : tidy;
}

Result<graph::Checkpoint> RecordMaker::make(std::string_view name) {
    choose_version();
    Json description{{"name", tidy_name(name)},
                     {"version", version_},
                     {"spatial_inputs", net_.planes()},
                     {"global_inputs", net_.globals()}};
    if (version_ >= 13) description["multipliers"] = multipliers();
    if (version_ >= 15) {
        description["meta_encoder_version"] = net_.trunk.meta ? 1 : 0;
        description["pass_alive_under_suicide_rules"] = net_.pass_alive_under_suicide_rules ? 1 : 0;
    }
    description["trunk"] = trunk();
    description["policy_head"] = policy_head(net_.heads.policy);
    description["value_head"] = value_head(net_.heads.value);
    if (error_) return std::unexpected(*error_);
    graph::Checkpoint checkpoint{.format = "katago", .tensors = std::move(tensors_)};
    checkpoint.metadata = std::make_shared<const Json>(std::move(description));
    return checkpoint;
}

}  // namespace

Result<graph::Checkpoint> to_records(const Net& net, std::string_view name) {
    return RecordMaker(net).make(name);
}

}  // namespace lathe::zoo::katago
