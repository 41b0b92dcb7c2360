// Tensor: a typed, shaped, read-only view of shared bytes. Copying one copies a reference; the bytes are never changed
// after the tensor exists (TensorBuilder fills new ones). Little-endian, as every format that we read stores them.
// Strides, in elements, are empty for the usual row-major case; views from checkpoints may have others, 0 included.
// Views of a file may also begin at an address that the element type cannot have: those keep their strides, so that they
// count as not contiguous and to_contiguous() moves them to aligned memory.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace lathe {

class Tensor {
public:
    Tensor() = default;
    // Row-major view of exactly bytes_of(dtype, count) bytes.
    Tensor(DType dtype, Shape shape, SharedBytes bytes);
    // Strided view; `bytes` covers every element reachable from offset 0 by the strides.
    Tensor(DType dtype, Shape shape, Shape strides, SharedBytes bytes);

    // New tensors from values.
    template <class T>
    static Tensor of(Shape shape, std::span<const T> values);
    template <class T>
    static Tensor of(Shape shape, std::initializer_list<T> values) {
        return of<T>(std::move(shape), std::span<const T>(values.begin(), values.size()));
    }
    template <class T>
    static Tensor scalar(T value) {
        return of<T>({}, std::span<const T>(&value, 1));
    }
    static Tensor ints(std::span<const int64_t> values) {  // i64 [values.size()]
        return of<int64_t>({static_cast<int64_t>(values.size())}, values);
    }
    static Tensor filled(DType dtype, Shape shape, double value);

    DType dtype() const { return dtype_; }
    const Shape& shape() const { return shape_; }
    int rank() const { return static_cast<int>(shape_.size()); }
    int64_t dim(int axis) const { return shape_[static_cast<size_t>(axis < 0 ? axis + rank() : axis)]; }
    int64_t count() const { return element_count(shape_); }
    int64_t size_bytes() const { return bytes_of(dtype_, count()); }
    bool contiguous() const { return strides_.empty(); }
    const Shape& strides() const { return strides_; }  // empty when contiguous
    const SharedBytes& storage() const { return bytes_; }

    // The bytes / values in row-major order. Only for contiguous tensors; call to_contiguous() first.
    ByteSpan bytes() const {
        CHECK(contiguous());
        return bytes_.bytes();
    }
    template <class T>
    std::span<const T> values() const {
        CHECK(contiguous() && dtype_of<T>() == dtype_);
        return {reinterpret_cast<const T*>(bytes_.data()), static_cast<size_t>(count())};
    }

    Tensor to_contiguous() const;  // itself when it is; else a copy
    Tensor reshaped(Shape shape) const;  // same count; contiguous tensors share the bytes
    Tensor transposed(std::span<const int> permutation) const;  // a strided view; no byte moves
    Tensor to(DType dtype) const;  // converted copy (itself when equal); floats round to nearest even
    // Every element as double / int64, row-major, whatever the dtype is (not complex, not string). f4/i4/u4 unpacked.
    std::vector<double> to_doubles() const;
    std::vector<int64_t> to_ints() const;

private:
    void keep_misaligned(Shape strides);

    DType dtype_ = DType::kF32;
    Shape shape_{0};
    Shape strides_;
    SharedBytes bytes_;
};

// A new tensor being filled. Bytes start uninitialised.
class TensorBuilder {
public:
    TensorBuilder(DType dtype, Shape shape);
    std::span<std::byte> bytes() { return heap_.span(); }
    template <class T>
    std::span<T> values() {
        CHECK(dtype_of<T>() == dtype_);
        return {reinterpret_cast<T*>(heap_.data.get()), static_cast<size_t>(element_count(shape_))};
    }
    Tensor finish() { return Tensor(dtype_, shape_, heap_.freeze()); }

private:
    DType dtype_;
    Shape shape_;
    HeapBytes heap_;
};

// Bulk conversion of packed little-endian elements. `values.size()` elements are read from / written to `bytes`.
// Writing integers saturates to the type's range and rounds to nearest even; bool writes value != 0.
void decode_doubles(DType dtype, ByteSpan bytes, std::span<double> values);
void encode_doubles(DType dtype, std::span<const double> values, std::span<std::byte> bytes);
void decode_floats(DType dtype, ByteSpan bytes, std::span<float> values);
void encode_floats(DType dtype, std::span<const float> values, std::span<std::byte> bytes);
void decode_ints(DType dtype, ByteSpan bytes,
                 std::span<int64_t> values);  // integers and bool; floats truncate
void encode_ints(DType dtype, std::span<const int64_t> values, std::span<std::byte> bytes);  // integers wrap

Tensor tensor_from_doubles(DType dtype, Shape shape, std::span<const double> values);
Tensor tensor_from_ints(DType dtype, Shape shape, std::span<const int64_t> values);

std::string describe(const Tensor& tensor);  // "f32[2, 3]"
// Index of the first NaN or infinity, or -1.
int64_t first_non_finite(const Tensor& tensor);

template <class T>
Tensor Tensor::of(Shape shape, std::span<const T> values) {
    TensorBuilder builder(dtype_of<T>(), shape);
    auto out = builder.values<T>();
    CHECK(out.size() == values.size());
    for (size_t i = 0; i < values.size(); ++i) out[i] = values[i];
    return builder.finish();
}

}  // namespace lathe
