#include "tensor/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tensor/strided_copy.h"

namespace lathe {
namespace {

// Whether elements of the type may be read through a pointer to these bytes.
bool aligned(DType dtype, const std::byte* data) {
    const int size = dtype == DType::kC64 ? 4 : std::clamp(bits_of(dtype) / 8, 1, 8);
    return reinterpret_cast<uintptr_t>(data) % static_cast<uintptr_t>(size) == 0;
}

}  // namespace

Tensor::Tensor(DType dtype, Shape shape, SharedBytes bytes)
    : dtype_(dtype), shape_(std::move(shape)), bytes_(std::move(bytes)) {
    CHECK(static_cast<int64_t>(bytes_.size()) == size_bytes());
    if (bytes_.size() > 0 && !aligned(dtype_, bytes_.data())) keep_misaligned(row_major_strides(shape_));
}

void Tensor::keep_misaligned(Shape strides) {
    if (!shape_.empty()) {
        strides_ = std::move(strides);
        return;
    }
    const HeapBytes copy(static_cast<size_t>(size_bytes()));  // a scalar has no strides to say it with
    std::memcpy(copy.data.get(), bytes_.data(), copy.size);
    bytes_ = copy.freeze();
}

Tensor::Tensor(DType dtype, Shape shape, Shape strides, SharedBytes bytes)
    : dtype_(dtype), shape_(std::move(shape)), strides_(std::move(strides)), bytes_(std::move(bytes)) {
    CHECK(strides_.size() == shape_.size() && bits_of(dtype) >= 8);
    if (count() == 0) {
        strides_.clear();
        bytes_ = bytes_.slice(0, 0);
        return;
    }
    int64_t last = 0;
    bool plain = true;
    const Shape expected = row_major_strides(shape_);
    for (size_t i = 0; i < shape_.size(); ++i) {
        CHECK(strides_[i] >= 0);
        last += (shape_[i] - 1) * strides_[i];
        plain = plain && (shape_[i] == 1 || strides_[i] == expected[i]);
    }
    CHECK(bytes_of(dtype_, last + 1) <= static_cast<int64_t>(bytes_.size()));
    if (plain) {
        strides_.clear();
        bytes_ = bytes_.slice(0, static_cast<size_t>(size_bytes()));
        if (!aligned(dtype_, bytes_.data())) keep_misaligned(expected);
    }
}

Tensor Tensor::filled(DType dtype, Shape shape, double value) {
    const std::vector<double> values(static_cast<size_t>(element_count(shape)), value);
    return tensor_from_doubles(dtype, std::move(shape), values);
}

Tensor Tensor::to_contiguous() const {
    if (contiguous()) return *this;
    TensorBuilder builder(dtype_, shape_);
    copy_strided(bytes_.data(), builder.bytes().data(), shape_, strides_,
                 static_cast<size_t>(bits_of(dtype_)) / 8);
    return builder.finish();
}

Tensor Tensor::reshaped(Shape shape) const {
    CHECK(element_count(shape) == count());
    Tensor result = to_contiguous();
    result.shape_ = std::move(shape);
    return result;
}

Tensor Tensor::transposed(std::span<const int> permutation) const {
    CHECK(permutation.size() == shape_.size());
    const Shape strides = contiguous() ? row_major_strides(shape_) : strides_;
    Shape new_shape, new_strides;
    for (const int axis : permutation) {
        new_shape.push_back(shape_[static_cast<size_t>(axis)]);
        new_strides.push_back(strides[static_cast<size_t>(axis)]);
    }
    return Tensor(dtype_, std::move(new_shape), std::move(new_strides), bytes_);
}

Tensor Tensor::to(DType dtype) const {
    if (dtype == dtype_) return *this;
    const Tensor plain = to_contiguous();
    TensorBuilder builder(dtype, shape_);
    const bool from_int = !is_float(dtype_), to_int = !is_float(dtype);
    constexpr int64_t kChunk = 4096;  // even, so that packed types start on whole bytes
    std::vector<double> doubles(kChunk);
    std::vector<int64_t> ints(kChunk);
    std::vector<float> floats(kChunk);
    const bool exact_floats = !from_int && !to_int && dtype != DType::kF64 && dtype_ != DType::kF64;
    for (int64_t at = 0, n = count(); at < n; at += kChunk) {
        const auto size = static_cast<size_t>(std::min(kChunk, n - at));
        const auto in = plain.bytes().subspan(static_cast<size_t>(bytes_of(dtype_, at)));
        const auto out = builder.bytes().subspan(static_cast<size_t>(bytes_of(dtype, at)));
        if (exact_floats) {
            decode_floats(dtype_, in, std::span(floats).first(size));
            encode_floats(dtype, std::span(floats).first(size), out);
        } else if (from_int && to_int) {
            decode_ints(dtype_, in, std::span(ints).first(size));
            encode_ints(dtype, std::span(ints).first(size), out);
        } else {
            decode_doubles(dtype_, in, std::span(doubles).first(size));
            encode_doubles(dtype, std::span(doubles).first(size), out);
        }
    }
    return builder.finish();
}

std::vector<double> Tensor::to_doubles() const {
    std::vector<double> values(static_cast<size_t>(count()));
    decode_doubles(dtype_, to_contiguous().bytes(), values);
    return values;
}

std::vector<int64_t> Tensor::to_ints() const {
    std::vector<int64_t> values(static_cast<size_t>(count()));
    decode_ints(dtype_, to_contiguous().bytes(), values);
    return values;
}

TensorBuilder::TensorBuilder(DType dtype, Shape shape)
    : dtype_(dtype),
      shape_(std::move(shape)),
      heap_(static_cast<size_t>(bytes_of(dtype, element_count(shape_)))) {}

std::string describe(const Tensor& tensor) {
    return format("{}{}", name_of(tensor.dtype()), to_string(tensor.shape()));
}

int64_t first_non_finite(const Tensor& tensor) {
    if (!is_float(tensor.dtype())) return -1;
    const Tensor plain = tensor.to_contiguous();
    std::vector<float> chunk(4096);
    for (int64_t at = 0, n = plain.count(); at < n; at += 4096) {
        const auto part = std::span(chunk).first(static_cast<size_t>(std::min<int64_t>(4096, n - at)));
        decode_floats(plain.dtype(), plain.bytes().subspan(static_cast<size_t>(bytes_of(plain.dtype(), at))),
                      part);
        for (size_t i = 0; i < part.size(); ++i)
            if (!std::isfinite(part[i])) return at + static_cast<int64_t>(i);
    }
    return -1;
}

}  // namespace lathe
