#include "formats/executorch/kernels.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace lathe::formats::executorch {
namespace {

constexpr Kernel kKernels[] = {
    {"_adaptive_avg_pool2d.out", "_adaptive_avg_pool2d(Tensor self, int[2] output_size)"},
    {"_log_softmax.out", "_log_softmax(Tensor self, int dim, bool half_to_float=False)"},
    {"_native_batch_norm_legit_no_training.out",
     "_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor "
     "running_var, float momentum, float eps)",
     3},
    {"_softmax.out", "_softmax(Tensor self, int dim, bool half_to_float=False)"},
    {"_to_copy.out", "_to_copy(Tensor self, *, bool non_blocking=False, any memory_format=None)", 1, true},
    {"abs.out", "abs(Tensor self)"},
    {"acos.out", "acos(Tensor self)"},
    {"acosh.out", "acosh(Tensor self)"},
    {"add.out", "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)"},
    {"add.Scalar_out", "add.Scalar(Tensor self, Scalar other, Scalar alpha=1)"},
    {"addmm.out", "addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1)"},
    {"alias_copy.out", "alias(Tensor self)"},
    {"amax.out", "amax(Tensor self, int[1] dim=[], bool keepdim=False)"},
    {"amin.out", "amin(Tensor self, int[1] dim=[], bool keepdim=False)"},
    {"any.all_out", "any(Tensor self)"},
    {"any.dims_out", "any.dims(Tensor self, int[]? dim=None, bool keepdim=False)"},
    {"any.out", "any.dim(Tensor self, int dim, bool keepdim=False)"},
    {"arange.out", "arange(Scalar end)", 1, true},
    {"arange.start_out", "arange.start_step(Scalar start, Scalar end, Scalar step=1)", 1, true},
    {"argmax.out", "argmax(Tensor self, int? dim=None, bool keepdim=False)"},
    {"argmin.out", "argmin(Tensor self, int? dim=None, bool keepdim=False)"},
    {"asin.out", "asin(Tensor self)"},
    {"asinh.out", "asinh(Tensor self)"},
    {"atan.out", "atan(Tensor self)"},
    {"atan2.out", "atan2(Tensor self, Tensor other)"},
    {"atanh.out", "atanh(Tensor self)"},
    {"avg_pool2d.out",
     "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool "
     "count_include_pad=True, int? divisor_override=None)"},
    {"bitwise_and.Scalar_out", "bitwise_and.Scalar(Tensor self, Scalar other)"},
    {"bitwise_and.Tensor_out", "bitwise_and.Tensor(Tensor self, Tensor other)"},
    {"bitwise_not.out", "bitwise_not(Tensor self)"},
    {"bitwise_or.Scalar_out", "bitwise_or.Scalar(Tensor self, Scalar other)"},
    {"bitwise_or.Tensor_out", "bitwise_or.Tensor(Tensor self, Tensor other)"},
    {"bitwise_xor.Scalar_out", "bitwise_xor.Scalar(Tensor self, Scalar other)"},
    {"bitwise_xor.Tensor_out", "bitwise_xor.Tensor(Tensor self, Tensor other)"},
    {"bmm.out", "bmm(Tensor self, Tensor mat2)"},
    {"cat.out", "cat(Tensor[] tensors, int dim=0)"},
    {"ceil.out", "ceil(Tensor self)"},
    {"clamp.out", "clamp(Tensor self, Scalar? min=None, Scalar? max=None)"},
    {"clamp.Tensor_out", "clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None)"},
    {"clone.out", "clone(Tensor self, *, any memory_format=None)"},
    {"constant_pad_nd.out", "constant_pad_nd(Tensor self, int[] pad, Scalar value=0)"},
    {"convolution.out",
     "convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool "
     "transposed, int[] output_padding, int groups)"},
    {"cos.out", "cos(Tensor self)"},
    {"cosh.out", "cosh(Tensor self)"},
    {"cumsum.out", "cumsum(Tensor self, int dim, *, int? dtype=None)"},
    {"detach_copy.out", "detach(Tensor self)"},
    {"div.out", "div.Tensor(Tensor self, Tensor other)"},
    {"div.out_mode", "div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode)"},
    {"div.Scalar_mode_out", "div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode)"},
    {"div.Scalar_out", "div.Scalar(Tensor self, Scalar other)"},
    {"elu.out", "elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1)"},
    {"embedding.out",
     "embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False)"},
    {"eq.Scalar_out", "eq.Scalar(Tensor self, Scalar other)"},
    {"eq.Tensor_out", "eq.Tensor(Tensor self, Tensor other)"},
    {"erf.out", "erf(Tensor self)"},
    {"exp.out", "exp(Tensor self)"},
    {"expand_copy.out", "expand(Tensor self, int[] size, *, bool implicit=False)"},
    {"expm1.out", "expm1(Tensor self)"},
    {"flip.out", "flip(Tensor self, int[] dims)"},
    {"floor.out", "floor(Tensor self)"},
    {"floor_divide.out", "floor_divide(Tensor self, Tensor other)"},
    {"fmod.Scalar_out", "fmod.Scalar(Tensor self, Scalar other)"},
    {"fmod.Tensor_out", "fmod.Tensor(Tensor self, Tensor other)"},
    {"full.out", "full(int[] size, Scalar fill_value)", 1, true},
    {"full_like.out", "full_like(Tensor self, Scalar fill_value, *, any memory_format=None)", 1, true},
    {"gather.out", "gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False)"},
    {"ge.Scalar_out", "ge.Scalar(Tensor self, Scalar other)"},
    {"ge.Tensor_out", "ge.Tensor(Tensor self, Tensor other)"},
    {"gelu.out", "gelu(Tensor self, *, str approximate='none')"},
    {"glu.out", "glu(Tensor self, int dim=-1)"},
    {"grid_sampler_2d.out",
     "grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners)"},
    {"gt.Scalar_out", "gt.Scalar(Tensor self, Scalar other)"},
    {"gt.Tensor_out", "gt.Tensor(Tensor self, Tensor other)"},
    {"hardtanh.out", "hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1)"},
    {"index.Tensor_out", "index.Tensor(Tensor self, Tensor?[] indices)"},
    {"index_put.out", "index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False)"},
    {"index_select.out", "index_select(Tensor self, int dim, Tensor index)"},
    {"isinf.out", "isinf(Tensor self)"},
    {"isnan.out", "isnan(Tensor self)"},
    {"le.Scalar_out", "le.Scalar(Tensor self, Scalar other)"},
    {"le.Tensor_out", "le.Tensor(Tensor self, Tensor other)"},
    {"leaky_relu.out", "leaky_relu(Tensor self, Scalar negative_slope=0.01)"},
    {"log.out", "log(Tensor self)"},
    {"log10.out", "log10(Tensor self)"},
    {"log1p.out", "log1p(Tensor self)"},
    {"log2.out", "log2(Tensor self)"},
    {"logical_and.out", "logical_and(Tensor self, Tensor other)"},
    {"logical_not.out", "logical_not(Tensor self)"},
    {"logical_or.out", "logical_or(Tensor self, Tensor other)"},
    {"logical_xor.out", "logical_xor(Tensor self, Tensor other)"},
    {"logit.out", "logit(Tensor self, float? eps=None)"},
    {"lt.Scalar_out", "lt.Scalar(Tensor self, Scalar other)"},
    {"lt.Tensor_out", "lt.Tensor(Tensor self, Tensor other)"},
    {"masked_fill.Scalar_out", "masked_fill.Scalar(Tensor self, Tensor mask, Scalar value)"},
    {"max.dim_max", "max.dim(Tensor self, int dim, bool keepdim=False)", 2},
    {"max.unary_out", "max(Tensor self)"},
    {"max_pool2d_with_indices.out",
     "max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, "
     "bool ceil_mode=False)",
     2},
    {"maximum.out", "maximum(Tensor self, Tensor other)"},
    {"mean.dtype_out", "mean(Tensor self, *, int? dtype=None)"},
    {"mean.out", "mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, int? dtype=None)"},
    {"min.dim_min", "min.dim(Tensor self, int dim, bool keepdim=False)", 2},
    {"min.unary_out", "min(Tensor self)"},
    {"minimum.out", "minimum(Tensor self, Tensor other)"},
    {"mm.out", "mm(Tensor self, Tensor mat2)"},
    {"mul.out", "mul.Tensor(Tensor self, Tensor other)"},
    {"mul.Scalar_out", "mul.Scalar(Tensor self, Scalar other)"},
    {"narrow_copy.out", "narrow(Tensor self, int dim, int start, int length)"},
    {"native_group_norm.out",
     "native_group_norm(Tensor input, Tensor? weight, Tensor? bias, int N, int C, int HxW, int group, float eps)",
     3},
    {"native_layer_norm.out",
     "native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps)", 3},
    {"ne.Scalar_out", "ne.Scalar(Tensor self, Scalar other)"},
    {"ne.Tensor_out", "ne.Tensor(Tensor self, Tensor other)"},
    {"neg.out", "neg(Tensor self)"},
    {"permute_copy.out", "permute(Tensor self, int[] dims)"},
    {"pixel_shuffle.out", "pixel_shuffle(Tensor self, int upscale_factor)"},
    {"pixel_unshuffle.out", "pixel_unshuffle(Tensor self, int downscale_factor)"},
    {"pow.Scalar_out", "pow.Scalar(Scalar self, Tensor exponent)"},
    {"pow.Tensor_Scalar_out", "pow.Tensor_Scalar(Tensor self, Scalar exponent)"},
    {"pow.Tensor_Tensor_out", "pow.Tensor_Tensor(Tensor self, Tensor exponent)"},
    {"prod.int_out", "prod.dim_int(Tensor self, int dim, bool keepdim=False, *, int? dtype=None)"},
    {"prod.out", "prod(Tensor self, *, int? dtype=None)"},
    {"reciprocal.out", "reciprocal(Tensor self)"},
    {"reflection_pad1d.out", "reflection_pad1d(Tensor self, int[] padding)"},
    {"reflection_pad2d.out", "reflection_pad2d(Tensor self, int[] padding)"},
    {"reflection_pad3d.out", "reflection_pad3d(Tensor self, int[] padding)"},
    {"relu.out", "relu(Tensor self)"},
    {"remainder.Scalar_out", "remainder.Scalar(Tensor self, Scalar other)"},
    {"remainder.Tensor_out", "remainder.Tensor(Tensor self, Tensor other)"},
    {"repeat.out", "repeat(Tensor self, int[] repeats)"},
    {"replication_pad1d.out", "replication_pad1d(Tensor self, int[] padding)"},
    {"replication_pad2d.out", "replication_pad2d(Tensor self, int[] padding)"},
    {"replication_pad3d.out", "replication_pad3d(Tensor self, int[] padding)"},
    {"roll.out", "roll(Tensor self, int[1] shifts, int[1] dims=[])"},
    {"round.out", "round(Tensor self)"},
    {"rsqrt.out", "rsqrt(Tensor self)"},
    {"rsub.Scalar_out", "rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1)"},
    {"scalar_tensor.out", "scalar_tensor(Scalar s)", 1, true},
    {"scatter.src_out", "scatter.src(Tensor self, int dim, Tensor index, Tensor src)"},
    {"scatter.value_out", "scatter.value(Tensor self, int dim, Tensor index, Scalar value)"},
    {"scatter_add.out", "scatter_add(Tensor self, int dim, Tensor index, Tensor src)"},
    {"select_copy.int_out", "select.int(Tensor self, int dim, int index)"},
    {"select_scatter.out", "select_scatter(Tensor self, Tensor src, int dim, int index)"},
    {"sigmoid.out", "sigmoid(Tensor self)"},
    {"sign.out", "sign(Tensor self)"},
    {"sin.out", "sin(Tensor self)"},
    {"sinh.out", "sinh(Tensor self)"},
    {"slice_copy.Tensor_out",
     "slice.Tensor(Tensor self, int dim=0, int? start=None, int? end=None, int step=1)"},
    {"slice_scatter.out",
     "slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1)"},
    {"split_copy.Tensor_out", "split.Tensor(Tensor self, int split_size, int dim=0)", 0},
    {"split_with_sizes_copy.out", "split_with_sizes(Tensor self, int[] split_sizes, int dim=0)", 0},
    {"sqrt.out", "sqrt(Tensor self)"},
    {"squeeze_copy.dim_out", "squeeze.dim(Tensor self, int dim)"},
    {"squeeze_copy.dims_out", "squeeze.dims(Tensor self, int[] dim)"},
    {"stack.out", "stack(Tensor[] tensors, int dim=0)"},
    {"sub.out", "sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1)"},
    {"sub.Scalar_out", "sub.Scalar(Tensor self, Scalar other, Scalar alpha=1)"},
    {"sum.IntList_out", "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, int? dtype=None)"},
    {"t_copy.out", "t(Tensor self)"},
    {"tan.out", "tan(Tensor self)"},
    {"tanh.out", "tanh(Tensor self)"},
    {"topk.values", "topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True)", 2},
    {"transpose_copy.int_out", "transpose.int(Tensor self, int dim0, int dim1)"},
    {"tril.out", "tril(Tensor self, int diagonal=0)"},
    {"trunc.out", "trunc(Tensor self)"},
    {"unbind_copy.int_out", "unbind.int(Tensor self, int dim=0)", 0},
    {"unsqueeze_copy.out", "unsqueeze(Tensor self, int dim)"},
    {"upsample_bilinear2d.vec_out",
     "upsample_bilinear2d.vec(Tensor self, int[]? output_size, bool align_corners, float[]? scale_factors)"},
    {"upsample_nearest2d.vec_out",
     "upsample_nearest2d.vec(Tensor self, int[]? output_size, float[]? scale_factors)"},
    {"var.correction_out",
     "var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False)"},
    {"var.out", "var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False)"},
    {"view_copy.out", "view(Tensor self, int[] size)"},
    {"where.self_out", "where.self(Tensor condition, Tensor self, Tensor other)"},
    {"_to_dim_order_copy.out", "_to_copy(Tensor self, *, bool non_blocking=False, int[]? memory_format=None)",
     1, true, "dim_order_ops"},
    {"_clone_dim_order.out", "clone(Tensor self, *, bool non_blocking=False, int[]? memory_format=None)", 1,
     false, "dim_order_ops"},
    {"et_view.default", "view(Tensor self, int[] size)", 1, false, "executorch_prim"},
};

const std::vector<torch::Schema>& parsed_schemas() {
    static const std::vector<torch::Schema> schemas = [] {
        std::vector<torch::Schema> list;
        for (const Kernel& kernel : kKernels) list.push_back(torch::parse_schema(kernel.schema));
        return list;
    }();
    return schemas;
}

}  // namespace

std::span<const Kernel> all_kernels() { return kKernels; }

const Kernel* find_kernel(std::string_view name, std::string_view overload) {
    for (const Kernel& kernel : kKernels) {
        const size_t space = kernel.space.size(), dot = kernel.name.rfind('.');
        if (name.size() == space + 2 + dot && name.starts_with(kernel.space) &&
            name.substr(space, 2) == "::" && name.substr(space + 2) == kernel.name.substr(0, dot) &&
            overload == kernel.name.substr(dot + 1))
            return &kernel;
    }
    return nullptr;
}

const Kernel* kernel_for(std::string_view op) {
    const auto it = std::ranges::find_if(kKernels, [&](const Kernel& kernel) {
        return kernel.schema.substr(0, kernel.schema.find('(')) == op;
    });
    return it == std::end(kKernels) ? nullptr : it;
}

const torch::Schema& schema_of(const Kernel& kernel) {
    CHECK(&kernel >= std::begin(kKernels) && &kernel < std::end(kKernels));
    return parsed_schemas()[static_cast<size_t>(&kernel - std::begin(kKernels))];
}

}  // namespace lathe::formats::executorch
