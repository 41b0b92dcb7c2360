#include "game/symmetry.h"

#include "base/check.h"

namespace lathe::game {

namespace {

constexpr int kFlipY = 1;
constexpr int kFlipX = 2;
constexpr int kTranspose = 4;

template <class T>
void move_plane(std::span<const T> plane, size_t height, size_t width, int symmetry, std::span<T> out) {
    for (size_t y = 0; y < height; ++y) {
        for (size_t x = 0; x < width; ++x) {
            const size_t to_y = (symmetry & kFlipY) != 0 ? height - 1 - y : y;
            const size_t to_x = (symmetry & kFlipX) != 0 ? width - 1 - x : x;
            const size_t to = (symmetry & kTranspose) != 0 ? to_x * width + to_y : to_y * width + to_x;
            out[to] = plane[y * width + x];
        }
    }
}

}  // namespace

int inverse_symmetry(int symmetry) { return symmetry == 5 || symmetry == 6 ? 11 - symmetry : symmetry; }

int compose_symmetries(int first, int then) {
    if ((first & kTranspose) == 0) return first ^ then;
    return first ^ ((then & kTranspose) | ((then & kFlipX) >> 1) | ((then & kFlipY) << 1));
}

Result<Tensor> apply_symmetry(const Tensor& planes, int symmetry) {
    if (symmetry < 0 || symmetry >= kSymmetries) return fail("symmetry {}, expected 0 to 7", symmetry);
    if (planes.dtype() != DType::kF32 || planes.rank() < 2) {
        return fail("symmetries apply to f32 planes, found {}", describe(planes));
    }
    const auto height = static_cast<size_t>(planes.dim(-2));
    const auto width = static_cast<size_t>(planes.dim(-1));
    if ((symmetry & kTranspose) != 0 && height != width) {
        return fail("symmetry {} transposes, but the planes are {}x{}; symmetries 0 to 3 are possible",
                    symmetry, width, height);
    }
    const Tensor whole = planes.to_contiguous();
    TensorBuilder builder(DType::kF32, planes.shape());
    const std::span<const float> from = whole.values<float>();
    const std::span<float> to = builder.values<float>();
    const size_t size = height * width;
    for (size_t at = 0; size > 0 && at < from.size(); at += size) {
        move_plane(from.subspan(at, size), height, width, symmetry, to.subspan(at, size));
    }
    return builder.finish();
}

Result<Features> apply_symmetry(const Features& features, int symmetry) {
    TRY(Tensor spatial, apply_symmetry(features.spatial, symmetry));
    return Features{std::move(spatial), features.global};
}

void apply_symmetry(std::span<const double> plane, int width, int symmetry, std::span<double> out) {
    const auto columns = static_cast<size_t>(width);
    CHECK(out.size() == plane.size() && plane.size() % columns == 0);
    CHECK((symmetry & kTranspose) == 0 || plane.size() == columns * columns);
    move_plane(plane, plane.size() / columns, columns, symmetry, out);
}

}  // namespace lathe::game
