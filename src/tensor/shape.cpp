#include "tensor/shape.h"

#include "base/check.h"
#include "base/format.h"

namespace lathe {

std::optional<int64_t> checked_element_count(std::span<const int64_t> shape) {
    bool empty = false;
    __int128 count = 1;
    for (const int64_t size : shape) {
        if (size < 0) return std::nullopt;
        if (size == 0) empty = true;
        else count *= size;
        if (count > (__int128{1} << 62)) return std::nullopt;
    }
    return empty ? 0 : static_cast<int64_t>(count);
}

int64_t element_count(std::span<const int64_t> shape) {
    const auto count = checked_element_count(shape);
    CHECK(count.has_value());
    return *count;
}

Shape row_major_strides(std::span<const int64_t> shape) {
    Shape strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    return strides;
}

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (size_t i = 0; i < shape.size(); ++i) text += format("{}{}", i ? ", " : "", shape[i]);
    return text + "]";
}

}  // namespace lathe
