#include "run/cpu/taps.h"

#include <cstring>

namespace lathe::run::cpu {
namespace {

SharedBytes make_table(const ops::Window& window, const Shape& in, const Shape& strides, const Shape& out) {
    const size_t taps = count_taps(window), positions = static_cast<size_t>(element_count(out));
    const HeapBytes bytes(taps * positions * sizeof(int32_t));
    auto* to = reinterpret_cast<int32_t*>(bytes.data.get());
    const size_t rank = in.size();
    Shape tap(rank, 0);
    for (size_t t = 0; t < taps; ++t) {
        Shape at(rank, 0);
        for (size_t p = 0; p < positions; ++p) {
            int64_t offset = 0;
            bool inside = true;
            for (size_t i = 0; i < rank; ++i) {
                const ops::WindowAxis& axis = window.axes[i];
                const int64_t place = at[i] * axis.stride - axis.begin + tap[i] * axis.dilation;
                inside = inside && place >= 0 && place < in[i];
                offset += place * strides[i];
            }
            *to++ = inside ? static_cast<int32_t>(offset) : kPadding;
            for (size_t i = rank; i-- > 0;) {
                if (++at[i] < out[i]) break;
                at[i] = 0;
            }
        }
        for (size_t i = rank; i-- > 0;) {
            if (++tap[i] < window.axes[i].kernel) break;
            tap[i] = 0;
        }
    }
    return bytes.freeze();
}

}  // namespace

size_t count_taps(const ops::Window& window) {
    size_t taps = 1;
    for (const ops::WindowAxis& axis : window.axes) taps *= static_cast<size_t>(axis.kernel);
    return taps;
}

View tap_table(Lowering& lowering, const ops::Window& window, const Shape& in, const Shape& strides,
               const Shape& out) {
    std::string key = format("taps {} {} {}", to_string(in), to_string(strides), to_string(out));
    for (const ops::WindowAxis& axis : window.axes)
        key += format(" {} {} {} {}", axis.kernel, axis.stride, axis.dilation, axis.begin);
    return lowering.shared_constant(key, [&] { return make_table(window, in, strides, out); });
}

Shape places_of(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

std::optional<View> channels_together(Lowering& lowering, const View& image, DType dtype) {
    View view = image;
    if (view.shape[1] != 1 && view.strides[1] != 1)
        view = lowering.dense(view, channels_last(view.rank()), dtype);
    int64_t reach = 0;
    for (size_t i = 2; i < view.rank(); ++i) reach += std::abs(view.strides[i]) * view.shape[i];
    if (reach >= INT32_MAX) return std::nullopt;
    return view;
}

std::optional<View> channels_together(Lowering& lowering, graph::ValueId id) {
    return channels_together(lowering, lowering.view(id), DType::kF32);
}

View zeros(Lowering& lowering, size_t count) {
    return lowering.shared_constant(format("zeros {}", count), [&] {
        const HeapBytes bytes((count + 32) * sizeof(float));
        std::memset(bytes.data.get(), 0, bytes.size);
        return bytes.freeze();
    });
}

}  // namespace lathe::run::cpu
