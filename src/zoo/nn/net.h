// Net: the language in which architectures are written. A method makes one module of PyTorch's (or timm's) at a Key: it
// declares the module's tensors under the names that checkpoints have, in the shapes that follow from its operand, and
// adds its nodes. Sizes other than the batch are numbers. The first contradiction sticks; missing and wrong tensors are
// collected, all of them. Images are [batch, C, H, W] unless said otherwise, sequences [batch, L, C].
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/builder.h"
#include "zoo/nn/key.h"
#include "zoo/nn/weights.h"

namespace lathe::zoo::nn {

using graph::Attrs;
using graph::Dim;
using graph::Dims;
using graph::Ints;
using graph::kNoValue;
using graph::ValueId;

// timm's names: kSilu is swish, kGelu the exact one (erf), kGeluTanh its tanh approximation.
enum class Act : uint8_t {
    kNone,
    kRelu,
    kRelu6,
    kLeakyRelu /* slope 0.01 */,
    kElu,
    kSelu,
    kSilu,
    kMish,
    kGelu,
    kGeluTanh,
    kQuickGelu,
    kSigmoid,
    kTanh,
    kHardSigmoid /* relu6(x + 3) / 6 */,
    kHardSwish,
    kHardMish,
    kSoftplus,
};

struct Size2 {
    int64_t h, w;
    constexpr Size2(int64_t both = 1) : h(both), w(both) {}  // NOLINT
    constexpr Size2(int64_t h, int64_t w) : h(h), w(w) {}
    bool operator==(const Size2&) const = default;
};

// kAuto: timm's get_padding, ((stride - 1) + dilation * (kernel - 1)) / 2 on every side. kSame: TensorFlow's, the odd
// one below and right. Else the number given, on both sides of each axis.
struct Padding {
    enum Kind : uint8_t { kAuto, kSame, kGiven } kind = kAuto;
    Size2 size = 0;
    constexpr Padding() = default;
    constexpr Padding(Kind kind) : kind(kind) {}  // NOLINT
    constexpr Padding(int64_t both) : kind(kGiven), size(both) {}  // NOLINT
    constexpr Padding(int both) : kind(kGiven), size(both) {}  // NOLINT
    constexpr Padding(Size2 size) : kind(kGiven), size(size) {}  // NOLINT
};
inline constexpr Padding kSame{Padding::kSame};

struct Conv {
    int64_t out = 0;
    Size2 kernel = 1, stride = 1;
    Padding padding = {};
    Size2 dilation = 1;
    int64_t groups = 1;
    bool bias = false;
};

struct Pool {
    Size2 kernel = 2, stride = 2;
    Padding padding = 0;
    bool ceil_mode = false;
    bool count_include_pad = true;  // average pools: padding counts as zeros (kSame: when it strides, always)
};

// What the user chose, and the configuration of the model's name. Sizes are those of the input.
struct Settings {
    int64_t in_channels = 3;
    int64_t height = 224, width = 224;
    int64_t num_classes = 1000;  // 0: no classifier
    bool features = false;  // stop before the head: the feature map or tokens
    std::vector<std::string>
        first_convs;  // keys whose weight is folded when the checkpoint has other input channels
};

struct Problems {
    std::vector<std::string> missing;  // "layer1.0.conv1.weight [64, 64, 3, 3]"
    std::vector<std::string> wrong;  // "fc.weight is [10, 512], expected [1000, 512]"
};

class Net {
public:
    Net(Weights& weights, Settings settings, std::string_view name);

    graph::Builder b;
    const Settings settings;

    // --- the checkpoint's entries ---
    ValueId param(const Key& key, const Shape& shape);  // f32, "p"
    ValueId buffer(const Key& key, const Shape& shape);  // f32, persistent buffer
    // The values, to compute with while building. With hollow weights all are zeros that take no memory: use computed().
    Tensor tensor(const Key& key, const Shape& shape, bool buffer = false);
    // A weight that goes into the graph changed: make(tensor) -> tensor of `result` shape. Not called for hollow weights.
    ValueId computed(const Key& key, const Shape& shape, const Shape& result,
                     const std::function<Tensor(const Tensor&)>& make);
    // An entry whose shape in the file may be another (position embeddings of another image size): fit(found) makes it
    // `shape`. Called only when the shapes differ.
    ValueId fitted(const Key& key, const Shape& shape,
                   const std::function<Result<Tensor>(const Tensor&)>& fit, bool buffer = false);
    // Entries that the graph does not use (counters, unused heads), and buffers that follow from the configuration.
    void declare(const Key& key, const Shape& shape, DType dtype = DType::kF32, bool buffer = false);
    // Another name of an entry that is asked for later: modules that share a tensor. Aliases are given in the order of
    // PyTorch's state; a checkpoint may have any of the names.
    void alias(const Key& key, const Key& original);
    bool has(const Key& key) const { return weights_.has(key.text()); }  // in a checkpoint: false without one
    bool hollow() const { return weights_.hollow(); }
    ValueId constant(std::string_view name, Tensor tensor) {
        return b.constant(name, std::move(tensor));
    }  // computed by us
    ValueId number(double value);  // an f32 scalar
    ValueId shared_constant(std::string_view name,
                            const Tensor& tensor);  // one constant for the same contents

    // --- shapes ---
    int64_t dim(ValueId x, int axis) const;  // axes count from the end when negative; 1 after an error
    int rank(ValueId x) const { return static_cast<int>(b.shape(x).size()); }
    Dim batch(ValueId x) const { return b.shape(x).empty() ? Dim(1) : b.shape(x)[0]; }
    int64_t channels(ValueId x) const { return dim(x, 1); }
    Size2 size(ValueId x) const { return {dim(x, -2), dim(x, -1)}; }

    // --- modules with weights ---
    ValueId conv(const Key& key, ValueId x,
                 const Conv& conv);  // key.weight [out, in/groups, kh, kw], key.bias
    ValueId conv(const Key& key, ValueId x, const Conv& conv,
                 ValueId weight);  // a weight made before; key.bias as above
    ValueId conv1d(const Key& key, ValueId x, int64_t out, int64_t kernel, int64_t padding,
                   int64_t groups = 1, bool bias = false);  // [batch, C, L]
    ValueId conv_transpose(const Key& key, ValueId x,
                           const Conv& conv);  // padding must be given; weight [in, out/groups, kh, kw]
    // weight, bias, running_mean, running_var, num_batches_tracked; any rank with channels on axis 1.
    ValueId batch_norm(const Key& key, ValueId x, Act act = Act::kNone, double epsilon = 1e-5,
                       bool affine = true);
    ValueId layer_norm(const Key& key, ValueId x, double epsilon, bool bias = true,
                       bool affine = true);  // over the last axis
    ValueId layer_norm_2d(const Key& key, ValueId x, double epsilon,
                          bool bias = true);  // over the channels of an image
    ValueId group_norm(const Key& key, ValueId x, int64_t groups,
                       double epsilon = 1e-5);  // groups 1: GroupNorm1
    ValueId rms_norm(const Key& key, ValueId x, double epsilon, bool affine = true);  // over the last axis
    ValueId rms_norm_2d(const Key& key, ValueId x, double epsilon, bool affine = true);
    ValueId linear(const Key& key, ValueId x, int64_t out,
                   bool bias = true);  // over the last axis; key.weight [out, in]
    ValueId scale(const Key& key, ValueId x);  // x * key over the last axis (LayerScale: block / "ls1.gamma")
    ValueId scale_2d(const Key& key, ValueId x);  // x * key over the channels of an image
    ValueId prelu(const Key& key, ValueId x, int64_t count);  // key.weight [count], channels on axis 1

    // --- activations and arithmetic ---
    ValueId act(ValueId x, Act act);
    ValueId unary(std::string_view op, ValueId x) { return b.add(op, {x}); }
    ValueId add(ValueId x, ValueId y) { return b.add("add", {x, y}); }
    ValueId sub(ValueId x, ValueId y) { return b.add("sub", {x, y}); }
    ValueId mul(ValueId x, ValueId y) { return b.add("mul", {x, y}); }
    ValueId div(ValueId x, ValueId y) { return b.add("div", {x, y}); }
    ValueId mul(ValueId x, double y) { return mul(x, number(y)); }
    ValueId add(ValueId x, double y) { return add(x, number(y)); }
    ValueId matmul(ValueId x, ValueId y) { return b.add("matmul", {x, y}); }
    ValueId softmax(ValueId x, int axis = -1);
    // softmax(q k' * scale + mask) v for [batch, heads, L, size]; scale 0: 1/sqrt(size). mask broadcasts to [batch, heads, L, M].
    ValueId attention(ValueId q, ValueId k, ValueId v, ValueId mask = kNoValue, double scale = 0);
    ValueId l2_normalize(ValueId x, int axis, double epsilon = 1e-12);  // x / max(|x|, epsilon)
    ValueId mean(ValueId x, Ints axes, bool keepdims = false);
    ValueId sum(ValueId x, Ints axes, bool keepdims = false);
    ValueId max(ValueId x, Ints axes, bool keepdims = false);

    // --- shape changes ---
    // One target may be -1 (worked out here); the batch axis of x is meant by kBatch.
    ValueId reshape(ValueId x, Dims shape);
    ValueId transpose(ValueId x, Ints perm);
    ValueId flatten(ValueId x, int from);  // axes from `from` on become one
    ValueId concat(std::vector<ValueId> parts, int axis);
    ValueId slice(ValueId x, int axis, int64_t from, int64_t to);  // [from, to)
    ValueId select(ValueId x, int axis, int64_t index);  // the axis goes
    std::vector<ValueId> split(ValueId x, int axis, const Ints& sizes);
    std::vector<ValueId> chunk(ValueId x, int axis, int64_t count);  // equal parts
    ValueId squeeze(ValueId x, Ints axes);
    ValueId unsqueeze(ValueId x, Ints axes);
    ValueId expand(ValueId x, Dims shape);  // the broadcast shape, all of it
    ValueId roll(ValueId x, int axis, int64_t shift);  // torch.roll
    ValueId pad(ValueId x, Ints begin, Ints end, std::string_view mode = "constant",
                double value = 0);  // per axis
    ValueId tokens(ValueId x);  // [batch, C, H, W] -> [batch, H*W, C]
    ValueId image(ValueId x, Size2 size);  // [batch, h*w, C] -> [batch, C, h, w]
    ValueId channels_last(ValueId x);  // [batch, C, H, W] -> [batch, H, W, C]
    ValueId channels_first(ValueId x);  // [batch, H, W, C] -> [batch, C, H, W]

    // --- pooling and resizing ---
    ValueId max_pool(ValueId x, const Pool& pool);
    ValueId avg_pool(ValueId x, const Pool& pool);
    ValueId adaptive_avg_pool(ValueId x, Size2 out);  // PyTorch's windows, also where they do not divide
    ValueId global_avg_pool(ValueId x, bool keepdims = false);  // [batch, C] or [batch, C, 1, 1]
    ValueId resize(ValueId x, Size2 out, std::string_view mode,
                   bool align_corners = false);  // "nearest", "linear", "cubic" of images

    // --- for comparing with other programs ---
    // Remembers what the module at `key` returns. Modules above do it themselves.
    ValueId mark(const Key& key, ValueId x);
    const std::map<std::string, ValueId>& marks() const { return marks_; }

    const std::vector<Entry>& entries() const { return entries_; }
    const std::map<std::string, std::string>& aliases() const { return aliases_; }
    const Problems& problems() const { return problems_; }
    void fail_with(std::string message) { b.fail_with(Error{std::move(message)}); }

private:
    std::optional<Tensor> find(const Entry& entry);
    Tensor obtain(const Entry& entry, const std::function<Result<Tensor>(const Tensor&)>& fit);
    bool is_first_conv(std::string_view weight_name) const;
    Ints conv_pads(ValueId x, Size2 kernel, Size2 stride, Size2 dilation,
                   const Padding& padding) const;  // [top, left, bottom, right]
    void scope(const Key& key) { b.scope(key.text().empty() ? "" : key.text() + "/"); }

    Weights& weights_;
    std::vector<Entry> entries_;
    std::set<std::string, std::less<>> names_;
    std::map<std::string, std::string> aliases_;  // alias -> original
    std::map<std::string, std::vector<std::string>> all_names_;  // original -> it and its aliases
    std::map<std::string, ValueId> marks_;
    std::map<double, ValueId> numbers_;
    std::vector<std::pair<Tensor, ValueId>> shared_;
    Problems problems_;
};

inline const Dim kBatch = Dim(-2);  // in reshape() and expand(): the batch axis of the operand

}  // namespace lathe::zoo::nn
