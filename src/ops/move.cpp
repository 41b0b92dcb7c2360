#include "ops/move.h"

#include <numeric>

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

// to[i] = row[from[i]], of elements of that many bytes.
template <size_t size>
void copy_row(const std::byte* row, const Ints& from, const std::byte* fill, std::byte* to) {
    for (const int64_t at : from) {
        std::memcpy(to, at < 0 ? fill : row + static_cast<size_t>(at) * size, size);
        to += size;
    }
}
using CopyRow = void (*)(const std::byte*, const Ints&, const std::byte*, std::byte*);
CopyRow row_copier(size_t size) {
    switch (size) {
        case 1: return copy_row<1>;
        case 2: return copy_row<2>;
        case 4: return copy_row<4>;
        case 8: return copy_row<8>;
        case 16: return copy_row<16>;
        default: CHECK(false, "elements are of 1 to 16 bytes");
    }
}

}  // namespace

Ints all_of_axis(int64_t size) {
    Ints list(static_cast<size_t>(size));
    std::iota(list.begin(), list.end(), 0);
    return list;
}

Tensor select_each(const Tensor& x, const std::vector<Ints>& from, const std::byte* fill) {
    if (from.empty()) return x;
    Shape shape;
    for (const Ints& list : from) shape.push_back(static_cast<int64_t>(list.size()));
    TensorBuilder builder(x.dtype(), shape);
    const size_t size = element_bytes(x.dtype()), last = shape.size() - 1;
    const CopyRow copy = row_copier(size);
    const Ints nowhere(from[last].size(), -1);
    const Shape strides = row_major_strides(x.shape());
    const bool whole = from[last] == all_of_axis(shape[last]);
    std::byte* to = builder.bytes().data();
    if (builder.bytes().empty()) return builder.finish();
    for_each_index(Shape(shape.begin(), shape.end() - 1), [&](const Shape& index) {
        int64_t at = 0;
        bool outside = false;
        for (size_t axis = 0; axis < last; ++axis) {
            const int64_t place = from[axis][static_cast<size_t>(index[axis])];
            outside = outside || place < 0;
            at += place * strides[axis];
        }
        const std::byte* row = outside ? nullptr : x.bytes().data() + static_cast<size_t>(at) * size;
        if (whole && !outside) std::memcpy(to, row, from[last].size() * size);
        else copy(row, outside ? nowhere : from[last], fill, to);
        to += from[last].size() * size;
    });
    return builder.finish();
}

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
