// The entries of the checkpoint and the shapes of values.
#include "zoo/nn/net.h"

#include <algorithm>

#include "ops/ops.h"
#include "zoo/nn/fit.h"

namespace lathe::zoo::nn {
namespace {

// A first convolution for other input channels, as timm's adapt_input_conv makes it: one channel is the sum over the
// colours; more are the colours repeated and scaled by 3 / channels. weight: [out, in, …] with in a multiple of 3
// (space-to-depth stems have a multiple of 3 channels, colours last).
Result<Tensor> fold_input_channels(const Tensor& weight, int64_t channels) {
    const Shape& shape = weight.shape();
    const int64_t out = shape[0], in = shape[1], taps = element_count(std::span(shape).subspan(2));
    if (in % 3 != 0 || (in > 3 && channels > 1))
        return fail("a first convolution of {} channels cannot be made one of {}", in, channels);
    const int64_t groups = channels == 1 ? in / 3 : 1;
    Shape result = shape;
    result[1] = channels == 1 ? groups : channels;
    const Tensor plain = weight.to_contiguous();
    const auto from = plain.values<float>();
    TensorBuilder builder(DType::kF32, result);
    auto to = builder.values<float>();
    for (int64_t o = 0; o < out; ++o)
        for (int64_t c = 0; c < result[1]; ++c)
            for (int64_t t = 0; t < taps; ++t) {
                float& value = to[static_cast<size_t>((o * result[1] + c) * taps + t)];
                const auto at = [&](int64_t channel) {
                    return from[static_cast<size_t>((o * in + channel) * taps + t)];
                };
                if (channels == 1) value = at(3 * c) + at(3 * c + 1) + at(3 * c + 2);
                else value = at(c % 3) * (3.0f / static_cast<float>(channels));
            }
    return builder.finish();
}

Tensor zeros(const Entry& entry) { return *hollow_weights()->find(entry); }

}  // namespace

bool same_values(Shape a, Shape b) {
    std::erase(a, 1);
    std::erase(b, 1);
    if (a == b) return true;
    if (a.size() > b.size()) std::swap(a, b);
    return a.size() == 2 && b.size() == 4 && a[0] == b[0] && a[1] == b[1] * b[2] * b[3];
}

Net::Net(Weights& weights, Settings chosen, std::string_view name)
    : b(ops::find_op, name), settings(std::move(chosen)), weights_(weights) {}

bool Net::is_first_conv(std::string_view weight_name) const {
    for (const std::string& key : settings.first_convs)
        if (weight_name == key + ".weight") return true;
    return false;
}

std::optional<Tensor> Net::find(const Entry& entry) {
    const auto shared = all_names_.find(entry.name);
    if (shared == all_names_.end()) return weights_.find(entry);
    Entry named = entry;
    named.name = weights_.choose(shared->second);
    return weights_.find(named);
}

Tensor Net::obtain(const Entry& entry, const std::function<Result<Tensor>(const Tensor&)>& fit) {
    if (!names_.insert(entry.name).second) CHECK(false, entry.name);
    entries_.push_back(entry);
    std::optional<Tensor> found = find(entry);
    if (!found) {
        problems_.missing.push_back(format("{} {}", entry.name, to_string(entry.shape)));
        return zeros(entry);
    }
    if (found->shape() == entry.shape) return *std::move(found);
    if (same_values(found->shape(), entry.shape)) return found->to_contiguous().reshaped(entry.shape);
    Result<Tensor> fitted = fail("no");
    const bool other_channels = found->rank() == 4 && entry.shape.size() == 4 && is_first_conv(entry.name);
    if (fit) fitted = fit(*found);
    else if (other_channels)
        fitted = fold_input_channels(*found, entry.shape[1] > found->dim(1) ? entry.shape[1] : 1);
    if (fitted && fitted->shape() == entry.shape) return *std::move(fitted);
    problems_.wrong.push_back(
        format("{} is {}, expected {}", entry.name, to_string(found->shape()), to_string(entry.shape)));
    return zeros(entry);
}

Tensor Net::tensor(const Key& key, const Shape& shape, bool buffer) {
    return obtain({.name = key.text(), .shape = shape, .buffer = buffer}, {});
}
ValueId Net::param(const Key& key, const Shape& shape) { return constant(key.text(), tensor(key, shape)); }
ValueId Net::buffer(const Key& key, const Shape& shape) {
    return constant(key.text(), tensor(key, shape, true));
}

ValueId Net::computed(const Key& key, const Shape& shape, const Shape& result,
                      const std::function<Tensor(const Tensor&)>& make) {
    const Tensor found = tensor(key, shape);
    if (hollow() || !problems_.missing.empty() || !problems_.wrong.empty())
        return constant(key.text(), zeros({.shape = result}));
    Tensor made = make(found.to_contiguous());
    CHECK(made.shape() == result, key.text());
    return constant(key.text(), std::move(made));
}

ValueId Net::fitted(const Key& key, const Shape& shape,
                    const std::function<Result<Tensor>(const Tensor&)>& fit, bool buffer) {
    return constant(key.text(), obtain({.name = key.text(), .shape = shape, .buffer = buffer}, fit));
}

void Net::declare(const Key& key, const Shape& shape, DType dtype, bool buffer) {
    const Entry entry{.name = key.text(), .shape = shape, .dtype = dtype, .buffer = buffer};
    if (!names_.insert(entry.name).second) CHECK(false, entry.name);
    entries_.push_back(entry);
    // Nothing is computed with it, so that a file may lack it.
    if (weights_.has(entry.name)) weights_.find(entry);
}

void Net::alias(const Key& key, const Key& original) {
    aliases_.emplace(key.text(), original.text());
    std::vector<std::string>& names = all_names_[original.text()];
    if (names.empty()) names.push_back(original.text());
    names.push_back(key.text());
}

ValueId Net::number(double value) {
    const auto found = numbers_.find(value);
    if (found != numbers_.end()) return found->second;
    return numbers_[value] = constant(format("number_{}", value), Tensor::scalar(static_cast<float>(value)));
}

ValueId Net::shared_constant(std::string_view name, const Tensor& tensor) {
    const Tensor plain = tensor.to_contiguous();
    for (const auto& [made, value] : shared_)
        if (made.dtype() == plain.dtype() && made.shape() == plain.shape() &&
            std::ranges::equal(made.bytes(), plain.bytes()))
            return value;
    shared_.emplace_back(plain, constant(name, plain));
    return shared_.back().second;
}

int64_t Net::dim(ValueId x, int axis) const {
    const Dims& shape = b.shape(x);
    const int rank = static_cast<int>(shape.size());
    const int at = axis < 0 ? axis + rank : axis;
    if (at < 0 || at >= rank) {
        CHECK(!b.ok());
        return 1;
    }
    return shape[static_cast<size_t>(at)].constant().value_or(1);
}

ValueId Net::mark(const Key& key, ValueId x) {
    marks_[key.text()] = x;
    return x;
}

}  // namespace lathe::zoo::nn
