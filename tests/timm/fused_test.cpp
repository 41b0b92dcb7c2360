// Checkpoints of networks whose branches and norms were fused into single convolutions give what the trained form gives.
// The fusing is done here, in double precision, by its definition.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "run/reference.h"
#include "zoo/timm/timm.h"

namespace lathe::timm_test {
namespace {

using zoo::nn::CheckpointWeights;

constexpr double kEpsilon = 1e-5;

// A convolution with a bias, or a linear layer.
struct Layer {
    Shape shape;
    std::vector<double> weight, bias;
};

class TrainedTensors {
public:
    explicit TrainedTensors(const std::string& model) {
        const auto weights = zoo::nn::weights_by_rule();
        const auto built = zoo::timm::build(*zoo::timm::choose_model(model), *weights, {});
        EXPECT_TRUE(built) << (built ? "" : built.error().message);
        if (!built) return;
        for (const auto& entry : built->entries)
            if (entry.dtype == DType::kF32) tensors_.emplace(entry.name, *weights->find(entry));
    }

    std::vector<double> take(const std::string& name) {
        const auto found = tensors_.find(name);
        EXPECT_NE(found, tensors_.end()) << name;
        if (found == tensors_.end()) return {};
        auto values = found->second.to_contiguous().to_doubles();
        tensors_.erase(found);
        return values;
    }
    bool has(const std::string& name) const { return tensors_.contains(name); }
    Shape shape(const std::string& name) const { return tensors_.at(name).shape(); }

    // The keys that have an entry of that ending.
    std::vector<std::string> keys(const std::string& ending) const {
        std::vector<std::string> keys;
        for (const auto& [name, tensor] : tensors_)
            if (name.ends_with(ending)) keys.push_back(name.substr(0, name.size() - ending.size()));
        return keys;
    }

    // What a norm does to each channel: times scale, plus offset.
    std::pair<std::vector<double>, std::vector<double>> take_norm(const std::string& key) {
        auto scale = take(key + ".weight"), offset = take(key + ".bias");
        const auto mean = take(key + ".running_mean"), variance = take(key + ".running_var");
        for (size_t i = 0; i < scale.size(); ++i) {
            scale[i] /= std::sqrt(variance[i] + kEpsilon);
            offset[i] -= mean[i] * scale[i];
        }
        return {scale, offset};
    }
    Layer take_layer(const std::string& key) {
        const Shape shape = this->shape(key + ".weight");
        Layer layer{shape, take(key + ".weight"), std::vector<double>(static_cast<size_t>(shape[0]))};
        if (has(key + ".bias")) layer.bias = take(key + ".bias");
        return layer;
    }
    Layer normalized(Layer layer, const std::string& norm) {
        const auto [scale, offset] = take_norm(norm);
        const size_t taps = layer.weight.size() / scale.size();
        for (size_t i = 0; i < layer.weight.size(); ++i) layer.weight[i] *= scale[i / taps];
        for (size_t i = 0; i < scale.size(); ++i) layer.bias[i] = layer.bias[i] * scale[i] + offset[i];
        return layer;
    }
    Layer take_conv(const std::string& conv, const std::string& norm) {
        return normalized(take_layer(conv), norm);
    }
    // A linear layer after a norm.
    Layer take_linear(const std::string& norm, const std::string& linear) {
        Layer layer = take_layer(linear);
        const auto [scale, offset] = take_norm(norm);
        for (size_t i = 0; i < layer.weight.size(); ++i) {
            layer.bias[i / scale.size()] += layer.weight[i] * offset[i % scale.size()];
            layer.weight[i] *= scale[i % scale.size()];
        }
        return layer;
    }

    void put(const std::string& key, const Layer& layer) {
        const auto tensor = [](const Shape& shape, const std::vector<double>& values) {
            return Tensor::of<float>(shape, std::vector<float>(values.begin(), values.end()));
        };
        tensors_.emplace(key + ".weight", tensor(layer.shape, layer.weight));
        tensors_.emplace(key + ".bias", tensor({layer.shape[0]}, layer.bias));
    }
    std::vector<graph::NamedTensor> tensors() const {
        std::vector<graph::NamedTensor> list;
        for (const auto& [name, tensor] : tensors_) list.push_back({name, tensor});
        return list;
    }

private:
    std::map<std::string, Tensor> tensors_;
};

// x itself as a depthwise convolution, in the shape of another.
Layer identity_like(const Layer& like) {
    Layer layer{like.shape, std::vector<double>(like.weight.size()), std::vector<double>(like.bias.size())};
    const size_t taps = like.weight.size() / like.bias.size();
    for (size_t c = 0; c < like.bias.size(); ++c) layer.weight[c * taps + taps / 2] = 1;
    return layer;
}

// sum += other, whose kernel may be one tap.
void add_to(Layer& sum, const Layer& other) {
    const size_t taps = sum.weight.size() / other.weight.size();
    for (size_t i = 0; i < other.weight.size(); ++i) sum.weight[i * taps + taps / 2] += other.weight[i];
    for (size_t i = 0; i < sum.bias.size(); ++i) sum.bias[i] += other.bias[i];
}

std::vector<double> answers(zoo::nn::Weights& weights, const std::string& model) {
    const zoo::nn::UnitNoise noise("picture");
    TensorBuilder builder(DType::kF32, {1, 3, 64, 64});
    auto values = builder.values<float>();
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(noise(i));
    const Tensor x = builder.finish();
    const auto built = zoo::timm::build(*zoo::timm::choose_model(model), weights, {.input_size = {{64, 64}}});
    EXPECT_TRUE(built) << (built ? "" : built.error().message);
    if (!built) return {};
    const auto outputs = run::run_reference(built->graph, std::span(&x, 1));
    EXPECT_TRUE(outputs) << (outputs ? "" : outputs.error().message);
    return outputs ? (*outputs)[0].to_doubles() : std::vector<double>{};
}

void expect_same_answers(const TrainedTensors& fused, const std::string& model) {
    CheckpointWeights checkpoint(fused.tensors());
    const auto trained = zoo::nn::weights_by_rule();
    const auto a = answers(*trained, model), b = answers(checkpoint, model);
    EXPECT_TRUE(checkpoint.unused().empty()) << checkpoint.unused().front();
    ASSERT_EQ(a.size(), 1000u);
    ASSERT_EQ(b.size(), a.size());
    double largest = 0;
    for (const double value : a) largest = std::max(largest, std::abs(value));
    for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-3 * largest) << model << ' ' << i;
}

void fuse_convs_of(TrainedTensors& c) {
    for (const std::string& key : c.keys(".c.weight")) c.put(key, c.take_conv(key + ".c", key + ".bn"));
}

TEST(TimmFused, RepVit) {
    for (const std::string model : {"repvit_m0_9", "repvit_m1"}) {
        TrainedTensors c(model);
        fuse_convs_of(c);
        for (const std::string& key : c.keys(".token_mixer.conv.weight")) {
            const std::string mixer = key + ".token_mixer";
            Layer sum = c.take_layer(mixer + ".conv");
            add_to(sum, c.take_layer(mixer + ".conv1"));
            add_to(sum, identity_like(sum));
            c.put(mixer, c.has(mixer + ".bn.weight") ? c.normalized(sum, mixer + ".bn") : sum);
        }
        Layer head = c.take_linear("head.head.bn", "head.head.l");
        add_to(head, c.take_linear("head.head_dist.bn", "head.head_dist.l"));
        for (double& value : head.weight) value /= 2;
        for (double& value : head.bias) value /= 2;
        c.put("head", head);
        expect_same_answers(c, model);
    }
}

TEST(TimmFused, ShVit) {
    TrainedTensors c("shvit_s1");
    fuse_convs_of(c);
    for (const std::string& key : c.keys(".m.weight")) {
        Layer sum = c.take_layer(key + ".m");
        add_to(sum, identity_like(sum));
        c.put(key, sum);
    }
    c.put("head", c.take_linear("head.bn", "head.l"));
    expect_same_answers(c, "shvit_s1");
}

TEST(TimmFused, RepGhost) {
    TrainedTensors c("repghostnet_050");
    for (const std::string& key : c.keys(".cheap_operation.0.weight")) {
        Layer sum = c.take_conv(key + ".cheap_operation.0", key + ".cheap_operation.1");
        add_to(sum, c.normalized(identity_like(sum), key + ".fusion_bn.0"));
        c.put(key + ".cheap_operation", sum);
    }
    expect_same_answers(c, "repghostnet_050");
}

TEST(TimmFused, GhostNetV3) {
    TrainedTensors c("ghostnetv3_050");
    const auto branches = [&](const std::string& key) {
        Layer sum = c.take_conv(key + ".0.conv", key + ".0.bn1");
        for (const char* i : {".1", ".2"}) add_to(sum, c.take_conv(key + i + ".conv", key + i + ".bn1"));
        return sum;
    };
    for (const std::string& key : c.keys(".primary_rpr_conv.0.conv.weight")) {
        c.put(key + ".primary_conv.0", branches(key + ".primary_rpr_conv"));
        Layer cheap = branches(key + ".cheap_rpr_conv");
        add_to(cheap, c.take_conv(key + ".cheap_rpr_scale.conv", key + ".cheap_rpr_scale.bn1"));
        add_to(cheap, c.normalized(identity_like(cheap), key + ".cheap_rpr_skip"));
        c.put(key + ".cheap_operation.0", cheap);
    }
    for (const std::string& key : c.keys(".dw_rpr_scale.conv.weight")) {
        Layer sum = branches(key + ".dw_rpr_conv");
        add_to(sum, c.take_conv(key + ".dw_rpr_scale.conv", key + ".dw_rpr_scale.bn1"));
        c.put(key + ".conv_dw", sum);
    }
    expect_same_answers(c, "ghostnetv3_050");
}

}  // namespace
}  // namespace lathe::timm_test
