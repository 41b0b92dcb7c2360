// Gathering and scattering by indices, and masks of triangles.
#include <algorithm>

#include "formats/coreml/lowering.h"

namespace lathe::formats::coreml {
namespace {

using graph::Dim;
using graph::Dims;
using graph::ValueId;

// The indices with those below 0 counted from the end of an axis of that size, where they are known.
Result<std::string> index_operand(NodeView& n, size_t operand, const Dim& size) {
    Lowering& l = n.lowering;
    const auto known = l.known(n.id(operand));
    if (!known) return n.in(operand);
    auto values = known->to_ints();
    for (int64_t& index : values) {
        if (index >= 0) continue;
        TRY(const Shape length, fixed_shape({size}, "an axis that is indexed from its end"));
        index += length[0];
    }
    return l.constant(l.value(n.id(operand)).name, tensor_from_ints(DType::kI64, known->shape(), values),
                      DType::kI32);
}

void add_versions(const Lowering& l, NodeView& n, Arguments& arguments, bool batched) {
    if (batched && l.version() >= 7) arguments.emplace_back("batch_dims", n.lowering.integer(0));
    if (l.version() >= 8) arguments.emplace_back("validate_indices", n.lowering.flag(false));
}

Status lower_mil_gather(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, n.axis());
    TRY(const std::string x, n.in(0));
    TRY(const std::string indices, index_operand(n, 1, n.shape_in(0)[static_cast<size_t>(axis)]));
    Arguments arguments{{"x", x}, {"indices", indices}, {"axis", l.integer(axis)}};
    add_versions(l, n, arguments, true);
    return n.out("gather", std::move(arguments));
}

// MIL wants indices of x's sizes on all axes but one; x is cut to them.
Status lower_mil_gather_elements(NodeView& n) {
    Lowering& l = n.lowering;
    TRY(const int axis, n.axis());
    TRY(std::string x, n.in(0));
    TRY(const std::string indices, index_operand(n, 1, n.shape_in(0)[static_cast<size_t>(axis)]));
    Dims cut = n.shape_in(1);
    cut[static_cast<size_t>(axis)] = n.shape_in(0)[static_cast<size_t>(axis)];
    if (!(cut == n.shape_in(0))) {
        TRY(const Shape ends, fixed_shape(cut, "what is gathered from"));
        const std::string no = l.flags(std::vector<bool>(ends.size(), false));
        TRY(const DType dtype, l.type_of(n.id(0)));
        x = n.step("slice_by_index",
                   {{"x", x},
                    {"begin", l.ints(Shape(ends.size(), 0))},
                    {"end", l.ints(ends)},
                    {"stride", l.ints(Shape(ends.size(), 1))},
                    {"begin_mask", no},
                    {"end_mask", no},
                    {"squeeze_mask", no}},
                   dtype, cut);
    }
    Arguments arguments{{"x", x}, {"indices", indices}, {"axis", l.integer(axis)}};
    add_versions(l, n, arguments, false);
    return n.out("gather_along_axis", std::move(arguments));
}

// Vectors of indices, each into an axis of its own.
Result<std::string> vector_operand(NodeView& n, size_t operand, const Dims& shape, size_t batch) {
    Lowering& l = n.lowering;
    const auto known = l.known(n.id(operand));
    if (!known) return n.in(operand);
    auto values = known->to_ints();
    const auto width = static_cast<size_t>(known->dim(-1));
    for (size_t i = 0; i < values.size(); ++i) {
        if (values[i] >= 0) continue;
        TRY(const Shape length,
            fixed_shape({shape[batch + i % width]}, "an axis that is indexed from its end"));
        values[i] += length[0];
    }
    return l.constant(l.value(n.id(operand)).name, tensor_from_ints(DType::kI64, known->shape(), values),
                      DType::kI32);
}

Status lower_mil_gather_nd(NodeView& n) {
    Lowering& l = n.lowering;
    const int64_t batch = n.integer("batch_dims");
    if (batch != 0) TRY_STATUS(l.need(7));
    TRY(const std::string x, n.in(0));
    TRY(const std::string indices, vector_operand(n, 1, n.shape_in(0), static_cast<size_t>(batch)));
    Arguments arguments{{"x", x}, {"indices", indices}};
    if (l.version() >= 7) arguments.emplace_back("batch_dims", l.integer(batch));
    add_versions(l, n, arguments, false);
    return n.out("gather_nd", std::move(arguments));
}

std::string scatter_mode(const NodeView& n) {
    const std::string& reduction = n.string("reduction");
    return reduction == "none" ? "update" : reduction;
}

Status lower_mil_scatter(NodeView& n) {
    Lowering& l = n.lowering;
    const bool vectors = n.op().name == "scatter_nd";
    TRY(const std::string data, n.in(0));
    TRY(const std::string updates, n.in(2));
    Arguments arguments{{"data", data}};
    if (vectors) {
        TRY(const std::string indices, vector_operand(n, 1, n.shape_in(0), 0));
        arguments.emplace_back("indices", indices);
        arguments.emplace_back("updates", updates);
    } else {
        TRY(const int axis, n.axis());
        Dims expected = n.shape_in(0);
        expected[static_cast<size_t>(axis)] = n.shape_in(1)[static_cast<size_t>(axis)];
        if (!(expected == n.shape_in(1)))
            return fail("its indices {} do not cover the other axes of {}, as Core ML's must",
                        to_string(n.shape_in(1)), to_string(n.shape_in(0)));
        TRY(const std::string indices, index_operand(n, 1, n.shape_in(0)[static_cast<size_t>(axis)]));
        arguments.emplace_back("indices", indices);
        arguments.emplace_back("updates", updates);
        arguments.emplace_back("axis", l.integer(axis));
    }
    arguments.emplace_back("mode", l.text(scatter_mode(n)));
    add_versions(l, n, arguments, false);
    return n.out(n.operation(), std::move(arguments));
}

// ---- triangles

// Which elements stay, as a constant; sizes must be numbers.
Status masked_triangle(NodeView& n, int64_t k, bool upper) {
    Lowering& l = n.lowering;
    const Dims& shape = n.shape_out();
    TRY(const Shape sizes, fixed_shape({shape.end() - 2, shape.end()}, "a triangle's matrix"));
    std::vector<int64_t> stays;
    for (int64_t i = 0; i < sizes[0]; ++i)
        for (int64_t j = 0; j < sizes[1]; ++j) stays.push_back(upper ? j - i >= k : j - i <= k);
    TRY(const std::string x, n.in(0));
    TRY(const DType dtype, l.type_of(n.out_id()));
    const std::string mask =
        l.constant("triangle", tensor_from_ints(DType::kBool, sizes, stays), DType::kBool);
    const std::string zero = l.constant("zero", Tensor::filled(dtype, {}, 0), dtype);
    return n.out("select", {{"cond", mask}, {"a", x}, {"b", zero}});
}

Status lower_mil_trilu(NodeView& n) {
    Lowering& l = n.lowering;
    int64_t k = 0;
    if (!n.has(1)) {
        k = n.integer("k");
    } else {
        const auto known = l.known(n.id(1));
        if (!known || known->count() != 1) return fail("its k is computed while the network runs");
        k = known->to_ints()[0];
    }
    const bool upper = n.flag("upper");
    // band_part keeps i - j <= lower and j - i <= upper; below 0 is all.
    if (upper ? k > 0 : k < 0) return masked_triangle(n, k, upper);
    TRY(const std::string x, n.in(0));
    return n.out("band_part",
                 {{"x", x}, {"lower", l.integer(upper ? -k : -1)}, {"upper", l.integer(upper ? -1 : k)}});
}

constexpr LowerRow kIndexRows[] = {
    {"gather", lower_mil_gather},       {"gather_elements", lower_mil_gather_elements},
    {"gather_nd", lower_mil_gather_nd}, {"scatter_elements", lower_mil_scatter},
    {"scatter_nd", lower_mil_scatter},  {"trilu", lower_mil_trilu},
};

}  // namespace

std::span<const LowerRow> index_lowerings() { return kIndexRows; }

}  // namespace lathe::formats::coreml
