// A Net from the records of a network file, as formats/katago/katago.h lays them out in a Checkpoint.
#include <charconv>
#include <nlohmann/json.hpp>

#include "zoo/katago/load.h"
#include "zoo/katago/source.h"

namespace lathe::zoo::katago {
namespace {

class RecordSource final : public Source {
public:
    explicit RecordSource(const graph::Checkpoint& checkpoint) : root_(*checkpoint.metadata) {
        for (const graph::NamedTensor& entry : checkpoint.tensors) tensors_.emplace(entry.name, entry.tensor);
    }

    Conv conv(const std::string& key, int64_t in, int64_t out) override {
        Conv conv{.key = key, .weight = take(key + ".weight", 4)};
        conv.dilation_y = integer(key, "dilation_y", 1);
        conv.dilation_x = integer(key, "dilation_x", 1);
        return checked(std::move(conv), in, out);
    }

    Norm norm(const std::string& key, int64_t channels, std::optional<double>) override {
        Norm norm{.key = key, .mean = take_vector(key + ".mean", channels)};
        norm.variance = take_vector(key + ".variance", channels);
        norm.scale = take_vector_if_there(key + ".scale", channels);
        norm.bias = take_vector_if_there(key + ".bias", channels);
        norm.epsilon = number(key, "epsilon", 1e-20);
        return norm;
    }

    Matrix matrix(const std::string& key, int64_t in, int64_t out, const std::string& bias_key) override {
        Matrix matrix = checked(Matrix{.key = key, .weight = take(key + ".weight", 2)}, in, out);
        if (!bias_key.empty()) matrix.bias = take_vector(bias_key + ".bias", matrix.out());
        return matrix;
    }

    RmsNorm block_norm(const std::string& key, int64_t channels) override {
        return {.key = key,
                .weight = take_vector(key + ".weight", channels),
                .epsilon = number(key, "epsilon", 1e-6)};
    }

    RmsNorm tip_norm(const std::string& key, int64_t channels) {
        RmsNorm norm{.key = key, .weight = take_vector(key + ".gamma", channels)};
        norm.bias = take_vector(key + ".beta", channels);
        norm.epsilon = number(key, "epsilon", 1e-6);
        norm.spatial = integer(key, "spatial", 0) != 0;
        return norm;
    }

    Activation activation(const std::string& key) override {
        const std::string kind = word(key, "kind");
        if (kind == "ACTIVATION_MISH") return Activation::kMish;
        if (kind == "ACTIVATION_SILU") return Activation::kSilu;
        if (kind == "ACTIVATION_IDENTITY") return Activation::kIdentity;
        if (!kind.empty() && kind != "ACTIVATION_RELU")
            fail_with(format("'{}' is of the unknown kind '{}'", key, kind));
        return Activation::kRelu;
    }

    std::vector<Block> blocks(const std::string& list_key, int64_t channels, int depth = 0);
    Rotary rotary(const std::string& key) {
        if (integer(key, "learned_rope", 0) == 0) return {.theta = number(key + ".rope_theta", "theta", 100)};
        return {.frequencies = take(key + ".rope_freqs.weight", 3)};
    }

    // Members of the record `key` ("trunk.blocks.0.normactconv1"; "" is the whole description).
    int64_t integer(const std::string& key, std::string_view member, int64_t absent) {
        return value_or(int_member(record(key), member, absent), key, absent);
    }
    double number(const std::string& key, std::string_view member, double absent) {
        return value_or(number_member(record(key), member, absent), key, absent);
    }
    std::string word(const std::string& key, std::string_view member) {
        return value_or(string_member(record(key), member), key, std::string());
    }
    size_t length(const std::string& list_key) {
        const Json& list = record(list_key);
        return list.is_array() ? list.size() : 0;
    }

private:
    const Json& record(std::string_view key) const;
    template <class T>
    T value_or(Result<T> value, const std::string& key, T otherwise) {
        if (value) return *std::move(value);
        fail_with(format("'{}': {}", key, value.error().message));
        return otherwise;
    }
    Block block(const std::string& key, int64_t channels, int depth);

    const Json& root_;
};

const Json& RecordSource::record(std::string_view key) const {
    static const Json kNone;
    const Json* here = &root_;
    while (!key.empty()) {
        const std::string_view part = key.substr(0, key.find('.'));
        key.remove_prefix(std::min(key.size(), part.size() + 1));
        size_t index = 0;
        if (here->is_array() &&
            std::from_chars(part.data(), part.data() + part.size(), index).ec == std::errc() &&
            index < here->size())
            here = &(*here)[index];
        else here = find_member(*here, part);
        if (here == nullptr) return kNone;
    }
    return *here;
}

Block RecordSource::block(const std::string& key, int64_t channels, int depth) {
    const std::string kind = word(key, "kind");
    if (kind == "ordinary_block" || kind == "gpool_block") {
        NormActConv first = norm_act_conv(key + ".normactconv1", channels);
        NormActConv second = norm_act_conv(key + ".normactconv2", out_channels(first), channels);
        return {key, Chain{{std::move(first), std::move(second)}}};
    }
    if (kind == "nested_bottleneck_block" && depth < 10) {
        Nested nested{.in = norm_act_conv(key + ".normactconvp", channels)};
        const int64_t inner = out_channels(nested.in);
        nested.blocks = blocks(key + ".blockstack", inner, depth + 1);
        nested.out = norm_act_conv(key + ".normactconvq", inner, channels);
        return {key, std::move(nested)};
    }
    if (kind == "transformer_attention_block") {
        Attention shape{.heads = integer(key, "heads", 0),
                        .kv_heads = integer(key, "kv_heads", 0),
                        .query_size = integer(key, "query_size", 0),
                        .value_size = integer(key, "value_size", 0)};
        if (integer(key, "rope", 0) != 0) shape.rotary = rotary(key);
        return {key, attention(key, channels, std::move(shape))};
    }
    if (kind == "transformer_ffn_block") {
        // KataGo's files do not say which activation stands where the gate is missing, and its engines refuse them.
        if (integer(key, "swiglu", 0) == 0)
            fail_with(format("'{}' is a feed-forward block without a gate", key));
        return {key, feed_forward(key, channels, integer(key, "inner_channels", kAny), true)};
    }
    fail_with(format("'{}' is a block of the unknown kind '{}'", key, kind));
    return {key, Chain{}};
}

std::vector<Block> RecordSource::blocks(const std::string& list_key, int64_t channels, int depth) {
    std::vector<Block> all;
    for (size_t i = 0; i < length(list_key) && ok(); ++i)
        all.push_back(block(format("{}.{}", list_key, i), channels, depth));
    return all;
}

Multipliers read_multipliers(RecordSource& source) {
    Multipliers m;
    const auto read = [&source](const char* key, double& value) {
        value = source.number("multipliers", key, value);
    };
    read("td_score", m.td_score);
    read("score_mean", m.score_mean);
    read("score_stdev", m.score_stdev);
    read("lead", m.lead);
    read("variance_time", m.variance_time);
    read("shortterm_value_error", m.shortterm_value_error);
    read("shortterm_score_error", m.shortterm_score_error);
    return m;
}

MetaEncoder read_meta_encoder(RecordSource& source, const std::string& key, int64_t channels) {
    MetaEncoder encoder{.first = source.matrix(key + ".mul1", 192, kAny, key + ".bias1")};
    encoder.first_act = source.activation(key + ".act1");
    encoder.second = source.matrix(key + ".mul2", encoder.first.out(), kAny, key + ".bias2");
    encoder.second_act = source.activation(key + ".act2");
    encoder.last = source.matrix(key + ".mul3", encoder.second.out(), channels, {});
    return encoder;
}

Trunk read_trunk(RecordSource& source) {
    Trunk trunk{.spatial = source.conv("trunk.conv_spatial", kAny, kAny)};
    const int64_t channels = trunk.spatial.weight.dim(0);
    trunk.global = source.matrix("trunk.linear_global", kAny, channels, {});
    if (source.integer({}, "meta_encoder_version", 0) != 0)
        trunk.meta = read_meta_encoder(source, "trunk.sgf_metadata_encoder", channels);
    trunk.blocks = source.blocks("trunk.blocks", channels);
    if (source.integer("trunk", "norm_kind", 0) == 1)
        trunk.tip.norm = source.tip_norm("trunk.norm_trunkfinal", channels);
    else trunk.tip.norm = source.norm("trunk.norm_trunkfinal", channels, {});
    trunk.tip.act = source.activation("trunk.act_trunkfinal");
    return trunk;
}

}  // namespace

Result<Net> load_records(const graph::Checkpoint& checkpoint) {
    if (!checkpoint.metadata) return fail("a KataGo network without its description");
    RecordSource source(checkpoint);
    Net net{.name = source.word({}, "name"), .version = source.integer({}, "version", 0)};
    if (net.version < 3 || net.version > 17)
        source.fail_with(format("version {} is not between 3 and 17", net.version));
    net.multipliers = read_multipliers(source);
    net.pass_alive_under_suicide_rules = source.integer({}, "pass_alive_under_suicide_rules", 0) != 0;
    net.mid_channels = source.integer("trunk", "mid_channels", 0);
    net.gpool_channels = source.integer("trunk", "gpool_channels", 0);
    net.trunk = read_trunk(source);
    net.heads.policy = source.policy_head("policy_head", net.trunk.spatial.weight.dim(0));
    net.heads.value = source.value_head("value_head", net.trunk.spatial.weight.dim(0));
    if (!source.ok()) return std::unexpected(source.error());
    return net;
}

}  // namespace lathe::zoo::katago
