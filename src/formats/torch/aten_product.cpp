// Products of matrices, normalisations, softmax.
#include "formats/torch/aten_lowering.h"

namespace lathe::formats::torch::aten {
namespace {

bool only_first(const NodeView& n) {
    for (size_t i = 1; i < n.node.outputs.size(); ++i)
        if (n.wants(i)) return false;
    return true;
}

// x @ w.T + b
bool is_linear(const NodeView& n) {
    const bool bias_fits = !n.has(2) || n.shape(2) == Dims{n.shape(1)[0]};
    return n.number("alpha") == 1 && n.number("beta") == 1 && !n.flag("transA") && n.flag("transB") &&
           bias_fits;
}
void write_linear(NodeView& n) {
    n.give("linear(Tensor input, Tensor weight, Tensor? bias=None)", {n.in(0), n.in(1), n.in(2)});
}

void write_softmax(NodeView& n) {
    n.give("softmax.int(Tensor self, int dim, int? dtype=None)", {n.in(0), int64_t{n.axis()}});
}
void write_log_softmax(NodeView& n) {
    n.give("log_softmax.int(Tensor self, int dim, int? dtype=None)", {n.in(0), int64_t{n.axis()}});
}

// ---- norms

bool same_types(const NodeView& n) {
    for (size_t i = 1; i < n.node.inputs.size(); ++i)
        if (n.has(i) && n.type(i) != n.type(0)) return false;
    return only_first(n);
}

void write_batch_norm(NodeView& n) {
    n.give(
        "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, "
        "float momentum, float eps, bool cudnn_enabled)",
        {n.in(0), n.in(1), n.in(2), n.in(3), n.in(4), false, 0.0, n.number("epsilon"), true});
}
bool is_plain_batch_norm(const NodeView& n) {
    return same_types(n) && !n.flag("training_mode") && n.rank() >= 2;
}

Dims normalised(const NodeView& n) {
    const Dims& x = n.shape();
    return {x.begin() + n.axis(), x.end()};
}
bool is_plain_layer_norm(const NodeView& n) {
    const Dims dims = normalised(n);
    const bool known = graph::constant_shape(dims).has_value();
    return same_types(n) && known && n.shape(1) == dims && (!n.has(2) || n.shape(2) == dims);
}
void write_layer_norm(NodeView& n) {
    n.give(
        "layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05)",
        {n.in(0), n.sizes(normalised(n)), n.in(1), n.in(2), n.number("epsilon")});
}

bool is_plain_group_norm(const NodeView& n) { return same_types(n) && n.shape(1) == Dims{n.shape()[1]}; }
void write_group_norm(NodeView& n) {
    n.give(
        "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05)",
        {n.in(0), n.integer("num_groups"), n.in(1), n.in(2), n.number("epsilon")});
}
void write_instance_norm(NodeView& n) {
    n.give(
        "instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, "
        "bool use_input_stats, float momentum, float eps, bool cudnn_enabled)",
        {n.in(0), n.in(1), n.in(2), {}, {}, true, 0.0, n.number("epsilon"), true});
}

constexpr Row kProductRows[] = {
    {"batch_norm", "", write_batch_norm, is_plain_batch_norm},
    {"gemm", "", write_linear, is_linear},
    {"group_norm", "", write_group_norm, is_plain_group_norm},
    {"instance_norm", "", write_instance_norm, same_types},
    {"layer_norm", "", write_layer_norm, is_plain_layer_norm},
    {"log_softmax", "", write_log_softmax},
    {"matmul", "matmul(Tensor self, Tensor other)"},
    {"softmax", "", write_softmax},
};

}  // namespace

std::span<const Row> product_rows() { return kProductRows; }

}  // namespace lathe::formats::torch::aten
