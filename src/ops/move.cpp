#include "ops/move.h"

#include "base/text.h"

namespace lathe::ops {

using namespace graph;

namespace {

constexpr int64_t kLargestResultBytes = sizeof(size_t) > 4 ? int64_t{1} << 34 : int64_t{1} << 30;
constexpr int64_t kMostContents = 64;

bool small(const std::optional<Shape>& shape) {
    const auto count = shape ? checked_element_count(*shape) : std::nullopt;
    return count && *count <= kMostContents;
}

// One operand as the kernel that follows contents sees it: the positions of its elements in `elements`, or its numbers.
std::optional<Tensor> stand_in(InferContext& c, int i, bool moved, Dims& elements) {
    const auto shape = constant_shape(c.shape(i));
    const auto& contents = c.contents(i);
    if (!small(shape) || !contents || static_cast<int64_t>(contents->size()) != element_count(*shape))
        return std::nullopt;
    if (!moved) {
        const auto numbers = constant_shape(*contents);
        if (!numbers) return std::nullopt;
        return tensor_from_ints(DType::kI64, *shape, *numbers);
    }
    Ints positions;
    for (const Dim& element : *contents) {
        positions.push_back(static_cast<int64_t>(elements.size()));
        elements.push_back(element);
    }
    return tensor_from_ints(DType::kI64, *shape, positions);
}

}  // namespace

Status check_result(DType dtype, const Shape& shape) {
    const auto count = checked_element_count(shape);
    if (!count) return fail("the result has the impossible shape {}", to_string(shape));
    if (*count > kLargestResultBytes || bytes_of(dtype, *count) > kLargestResultBytes)
        return fail("the result {}{} would take more than {}", name_of(dtype), to_string(shape),
                    human_bytes(kLargestResultBytes));
    return {};
}

Result<int64_t> single_int(EvalContext& c, std::string_view name) {
    TRY(const Ints values, c.ints(name));
    if (values.size() != 1) return fail("'{}' has {} values, expected one", name, values.size());
    return values[0];
}

Result<std::optional<Dim>> single_dim(InferContext& c, std::string_view name) {
    const auto values = c.dims(name);
    if (!values) return std::nullopt;
    if (values->size() != 1) return fail("'{}' has {} values, expected one", name, values->size());
    return (*values)[0];
}

Result<int64_t> list_length(InferContext& c, std::string_view name) {
    const int i = c.op().input_index(name);
    if (i < 0 || !c.has(i)) return static_cast<int64_t>(c.dims(name)->size());
    if (c.rank(i) != 1) return fail("'{}' has rank {}, expected a list", name, c.rank(i));
    if (!c.shape(i)[0].is_constant())
        return fail("the length of '{}' must be known before the graph runs", name);
    return *c.shape(i)[0].constant();
}

Dims unknown_dims(InferContext& c, int64_t count, std::string_view hint) {
    Dims dims;
    for (int64_t i = 0; i < count; ++i) dims.push_back(c.unknown(hint));
    return dims;
}

void follow_contents(InferContext& c, int moved) {
    for (const auto& result : c.results)
        if (!result || !is_integer(result->dtype) || !small(constant_shape(result->shape))) return;
    Dims elements;
    std::vector<Tensor> tensors;
    tensors.reserve(static_cast<size_t>(c.inputs()));
    std::vector<const Tensor*> operands;
    for (int i = 0; i < c.inputs(); ++i) {
        if (!c.has(i)) {
            operands.push_back(nullptr);
            continue;
        }
        auto tensor = stand_in(c, i, i < moved, elements);
        if (!tensor) return;
        tensors.push_back(*std::move(tensor));
        operands.push_back(&tensors.back());
    }
    const auto positions = graph::evaluate(c.op(), c.attrs(), operands, c.results.size());
    if (!positions) return;
    for (size_t i = 0; i < positions->size(); ++i) {
        Dims contents;
        for (const int64_t at : (*positions)[i].to_ints())
            contents.push_back(elements[static_cast<size_t>(at)]);
        c.output_contents(static_cast<int>(i), std::move(contents));
    }
}

}  // namespace lathe::ops
