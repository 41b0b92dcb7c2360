#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// A missing scale or shift is ones or zeros.
Result<ValueId> or_filled(Call& c, std::string_view parameter, DType dtype, const Shape& shape,
                          double value) {
    if (c.given(parameter)) return c.tensor(parameter);
    return c.importer.constant(Tensor::filled(dtype, shape, value));
}

Result<Shape> channels_of(const Call& c, ValueId x) {
    if (c.rank(x) < 2) return fail("its input {} has no channels", graph::to_string(c.shape(x)));
    const auto count = c.shape(x)[1].constant();
    if (!count)
        return fail("its input has {} channels, expected a number that is known before the model runs",
                    c.shape(x)[1].text());
    return Shape{*count};
}

Result<ValueId> batch_norm_of(Call& c, ValueId x) {
    TRY(const Shape shape, channels_of(c, x));
    TRY(const double epsilon, c.number("eps"));
    if (!c.given("running_mean") || !c.given("running_var"))
        return fail("it has no running statistics, and so takes those of the batch; that is not supported");
    TRY(const ValueId mean, c.tensor("running_mean"));
    TRY(const ValueId var, c.tensor("running_var"));
    TRY(const ValueId weight, or_filled(c, "weight", c.type(mean), shape, 1));
    TRY(const ValueId bias, or_filled(c, "bias", c.type(mean), shape, 0));
    return c.add("batch_norm", {x, weight, bias, mean, var}, {{"epsilon", epsilon}});
}

Results batch_norm(Call& c) {
    if (c.flag("training"))
        return fail("it is in training mode, where batches change the network; export it with eval()");
    TRY(const ValueId x, c.tensor("input"));
    return one(batch_norm_of(c, x));
}

// The same, with the statistics as further results, which nobody reads outside training.
Results native_batch_norm(Call& c) {
    if (c.schema.find("training") >= 0 && c.flag("training"))
        return fail("it is in training mode, where batches change the network; export it with eval()");
    TRY(const ValueId x, c.tensor("input"));
    TRY(const ValueId y, batch_norm_of(c, x));
    return std::vector{y, kNoValue, kNoValue};
}

struct Layer {
    ValueId x;
    Shape shape;
    int64_t axis;
};

Result<Layer> read_layer(Call& c) {
    Layer layer;
    TRY(layer.x, c.tensor("input"));
    TRY(layer.shape, c.ints("normalized_shape"));
    layer.axis = c.rank(layer.x) - static_cast<int64_t>(layer.shape.size());
    if (layer.axis < 0 || layer.shape.empty())
        return fail("its normalized_shape {} does not fit the input {}", to_string(layer.shape),
                    graph::to_string(c.shape(layer.x)));
    for (size_t i = 0; i < layer.shape.size(); ++i) {
        const auto size = c.shape(layer.x)[static_cast<size_t>(layer.axis) + i].constant();
        if (size && *size != layer.shape[i])
            return fail("its normalized_shape {} does not fit the input {}", to_string(layer.shape),
                        graph::to_string(c.shape(layer.x)));
    }
    if (!checked_element_count(layer.shape))
        return fail("its normalized_shape is {}", to_string(layer.shape));
    return layer;
}

Result<ValueId> layer_norm_of(Call& c) {
    TRY(const Layer layer, read_layer(c));
    TRY(const double epsilon, c.number("eps"));
    TRY(const ValueId weight, or_filled(c, "weight", c.type(layer.x), layer.shape, 1));
    TRY(const ValueId bias, c.optional_tensor("bias"));
    return c.add("layer_norm", {layer.x, weight, bias},
                 {{"axis", layer.axis - c.rank(layer.x)}, {"epsilon", epsilon}});
}

Results layer_norm(Call& c) { return one(layer_norm_of(c)); }
Results native_layer_norm(Call& c) {
    TRY(const ValueId y, layer_norm_of(c));
    return std::vector{y, kNoValue, kNoValue};
}

Results rms_norm(Call& c) {
    TRY(const Layer layer, read_layer(c));
    // Without a number PyTorch takes the machine epsilon of the input's type.
    const DType dtype = c.type(layer.x);
    double epsilon = dtype == DType::kF64    ? 2.220446049250313e-16
                     : dtype == DType::kF16  ? 0.0009765625
                     : dtype == DType::kBF16 ? 0.0078125
                                             : 1.1920928955078125e-07;
    if (c.given("eps")) {
        TRY(epsilon, c.number("eps"));
    }
    TRY(const ValueId weight, or_filled(c, "weight", dtype, layer.shape, 1));
    return one(
        c.add("rms_norm", {layer.x, weight}, {{"axis", layer.axis - c.rank(layer.x)}, {"epsilon", epsilon}}));
}

// The same, with the factors as a further result, which nobody reads outside training.
Results fused_rms_norm(Call& c) {
    TRY(auto results, rms_norm(c));
    results.push_back(kNoValue);
    return results;
}

Result<ValueId> group_norm_of(Call& c, std::string_view groups_name) {
    TRY(const ValueId x, c.tensor("input"));
    TRY(const Shape shape, channels_of(c, x));
    TRY(const int64_t groups, c.integer(groups_name));
    TRY(const double epsilon, c.number("eps"));
    TRY(const ValueId weight, or_filled(c, "weight", c.type(x), shape, 1));
    TRY(const ValueId bias, or_filled(c, "bias", c.type(x), shape, 0));
    return c.add("group_norm", {x, weight, bias}, {{"num_groups", groups}, {"epsilon", epsilon}});
}

Results group_norm(Call& c) { return one(group_norm_of(c, "num_groups")); }
Results native_group_norm(Call& c) {
    TRY(const ValueId y, group_norm_of(c, "group"));
    return std::vector{y, kNoValue, kNoValue};
}

Results instance_norm(Call& c) {
    TRY(const ValueId x, c.tensor("input"));
    if (!c.flag("use_input_stats")) return one(batch_norm_of(c, x));
    TRY(const Shape shape, channels_of(c, x));
    TRY(const double epsilon, c.number("eps"));
    TRY(const ValueId weight, or_filled(c, "weight", c.type(x), shape, 1));
    TRY(const ValueId bias, or_filled(c, "bias", c.type(x), shape, 0));
    return one(c.add("instance_norm", {x, weight, bias}, {{"epsilon", epsilon}}));
}

constexpr Row kNormRows[] = {
    {.schema =
         "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled=True)",
     .special = batch_norm},
    {.schema =
         "_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, float eps)",
     .special = native_batch_norm},
    {.schema =
         "_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, bool training, float momentum, float eps)",
     .special = native_batch_norm},
    {.schema =
         "native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps)",
     .special = native_batch_norm},
    {.schema =
         "layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True)",
     .special = layer_norm},
    {.schema =
         "native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps)",
     .special = native_layer_norm},
    {.schema = "rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None)",
     .special = rms_norm},
    {.schema = "_fused_rms_norm(Tensor input, int[] normalized_shape, Tensor? weight, float? eps)",
     .special = fused_rms_norm},
    {.schema =
         "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True)",
     .special = group_norm},
    {.schema =
         "native_group_norm(Tensor input, Tensor? weight, Tensor? bias, int N, int C, int HxW, int group, float eps)",
     .special = native_group_norm},
    {.schema =
         "instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled=True)",
     .special = instance_norm},
};

}  // namespace

std::span<const Row> norm_rows() { return kNormRows; }

}  // namespace lathe::formats::torch
