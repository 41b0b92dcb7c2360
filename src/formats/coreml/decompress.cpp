#include <algorithm>

#include "formats/coreml/compress.h"
#include "formats/coreml/palette.h"

namespace lathe::formats::coreml {
namespace {

// The elements of weights that are widened here are counted before any memory is taken for them.
constexpr int64_t kMostElements = int64_t{1} << 34;

Result<Value> needed(const FindConstant& find, std::string_view name) {
    TRY(auto value, find(name));
    if (!value) return fail("its parameter '{}' is missing or computed", name);
    return *std::move(value);
}

Result<Tensor> numbers(const FindConstant& find, std::string_view name) {
    TRY(Value value, needed(find, name));
    if (value.packed.size() > 0 || !value.strings.empty())
        return fail("its parameter '{}' is of no such type", name);
    return std::move(value.data);
}

struct Wide {
    DType dtype;
    Shape shape;
    int64_t count;
};

Result<Wide> result_type(const Operation& operation) {
    const Type& type = operation.outputs[0].type;
    const DataTypeInfo* info = info_of(type.element);
    const auto count = checked_element_count(type.shape);
    if (info == nullptr || !info->dtype || !count || *count > kMostElements)
        return fail("its result has no type that constants have");
    return Wide{*info->dtype, type.shape, *count};
}

Result<Tensor> affine(const Operation& operation, const FindConstant& find) {
    TRY(const Wide wide, result_type(operation));
    TRY(const Tensor codes, numbers(find, "quantized_data"));
    TRY(const Tensor scale, numbers(find, "scale"));
    TRY(const Tensor zero, numbers(find, "zero_point"));
    TRY(const Tensor axis, numbers(find, "axis"));
    if (codes.shape() != wide.shape || axis.count() != 1) return fail("its codes are {}", describe(codes));
    const int64_t given = axis.to_ints()[0], rank = codes.rank();
    if (given < -rank || given >= rank) return fail("its axis is {}", given);
    const auto at = static_cast<size_t>(given < 0 ? given + rank : given);
    for (const Tensor* one : {&scale, &zero})
        if (one->count() != 1 && one->count() != wide.shape[at])
            return fail("it has {} scales or zero points for {} slices", one->count(), wide.shape[at]);
    const int64_t step = row_major_strides(wide.shape)[at];
    const auto scales = scale.to_doubles(), zeros = zero.to_doubles();
    std::vector<double> values = codes.to_doubles();
    for (size_t i = 0; i < values.size(); ++i) {
        const auto slice = static_cast<size_t>(static_cast<int64_t>(i) / step % wide.shape[at]);
        values[i] =
            scales[scales.size() == 1 ? 0 : slice] * (values[i] - zeros[zeros.size() == 1 ? 0 : slice]);
    }
    return tensor_from_doubles(wide.dtype, wide.shape, values);
}

Result<Tensor> blockwise(const Operation& operation, const FindConstant& find) {
    TRY(const Wide wide, result_type(operation));
    TRY(const Tensor codes, numbers(find, "data"));
    TRY(const Tensor scale, numbers(find, "scale"));
    TRY(const auto offset, find("offset"));
    if (codes.shape() != wide.shape || scale.rank() != codes.rank() ||
        (offset && offset->data.shape() != scale.shape()))
        return fail("its codes are {} and its scales {}", describe(codes), describe(scale));
    for (int axis = 0; axis < codes.rank(); ++axis)
        if (scale.dim(axis) < 1 || codes.dim(axis) % scale.dim(axis) != 0)
            return fail("its codes are {} and its scales {}", describe(codes), describe(scale));
    const Shape steps = row_major_strides(scale.shape()), strides = row_major_strides(wide.shape);
    const auto scales = scale.to_doubles();
    const auto offsets = offset ? offset->data.to_doubles() : std::vector<double>(scales.size(), 0);
    std::vector<double> values = codes.to_doubles();
    for (size_t i = 0; i < values.size(); ++i) {
        int64_t place = 0;
        for (size_t axis = 0; axis < strides.size(); ++axis) {
            const int64_t index = static_cast<int64_t>(i) / strides[axis] % wide.shape[axis];
            place += index / (wide.shape[axis] / scale.shape()[axis]) * steps[axis];
        }
        values[i] = scales[static_cast<size_t>(place)] * (values[i] - offsets[static_cast<size_t>(place)]);
    }
    return tensor_from_doubles(wide.dtype, wide.shape, values);
}

int bits_for(int64_t count) {
    for (const int bits : {1, 2, 3, 4, 6, 8})
        if (count == int64_t{1} << bits) return bits;
    return 0;
}

// With packed indices and one table (iOS 16), or with indices of a narrow type and a table for each block (iOS 18).
Result<Tensor> looked_up(const Operation& operation, const FindConstant& find) {
    TRY(const Wide wide, result_type(operation));
    TRY(const Value indices, needed(find, "indices"));
    TRY(const Tensor table, numbers(find, "lut"));
    const bool blocks = table.rank() > 1;
    const int bits = bits_for(blocks ? table.dim(-2) : table.count());
    if (bits == 0) return fail("its table is {}", describe(table));
    if (blocks && (table.rank() != static_cast<int>(wide.shape.size()) + 2 || table.dim(-1) != 1))
        return fail("its table {} gives more than one number for an index, which is not supported",
                    describe(table));
    SharedBytes packed = indices.packed;
    if (packed.size() == 0) packed = indices.data.to_contiguous().storage();
    const auto bytes = (static_cast<uint64_t>(wide.count) * static_cast<uint64_t>(bits) + 7) / 8;
    if (packed.size() < bytes) return fail("it has {} bytes of indices, expected {}", packed.size(), bytes);
    Shape tables(wide.shape.size(), 1);
    if (blocks) tables.assign(table.shape().begin(), table.shape().end() - 2);
    for (size_t axis = 0; axis < tables.size(); ++axis)
        if (tables[axis] < 1 || wide.shape[axis] % tables[axis] != 0)
            return fail("its table is {}", describe(table));
    const Shape steps = row_major_strides(tables), strides = row_major_strides(wide.shape);
    const auto numbers = table.to_doubles();
    std::vector<double> values(static_cast<size_t>(wide.count));
    for (size_t i = 0; i < values.size(); ++i) {
        int64_t place = 0;
        for (size_t axis = 0; blocks && axis < strides.size(); ++axis) {
            const int64_t index = static_cast<int64_t>(i) / strides[axis] % wide.shape[axis];
            place += index / (wide.shape[axis] / tables[axis]) * steps[axis];
        }
        values[i] = numbers[(static_cast<size_t>(place) << bits) + unpack_bits(packed.bytes(), i, bits)];
    }
    return tensor_from_doubles(wide.dtype, wide.shape, values);
}

}  // namespace

Result<Tensor> decompress(const Operation& operation, const FindConstant& find) {
    if (operation.type == "constexpr_affine_dequantize") return affine(operation, find);
    if (operation.type == "constexpr_blockwise_shift_scale") return blockwise(operation, find);
    if (operation.type == "constexpr_lut_to_dense") return looked_up(operation, find);
    if (operation.type == "constexpr_cast") {
        TRY(const Wide wide, result_type(operation));
        TRY(const Tensor source, numbers(find, "source_val"));
        if (source.shape() != wide.shape) return fail("its source is {}", describe(source));
        return source.to(wide.dtype);
    }
    return fail("this operation is not supported");
}

}  // namespace lathe::formats::coreml
