#include "run/cpu/winograd_weights.h"

#include "run/cpu/winograd_points.h"

namespace lathe::run::cpu {
namespace {

using Row = double[3];
constexpr Row kOfTwo[4] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};

// A filter's polynomial at a point, divided by the products of its differences from the other points.
constexpr double kNearScale = 2 * winograd::kNear2 * (winograd::kNear2 - winograd::kFar2);
constexpr double kFarScale = 2 * winograd::kFar2 * (winograd::kFar2 - winograd::kNear2);
constexpr Row kOfFour[6] = {{1 / (winograd::kNear2 * winograd::kFar2), 0, 0},
                            {1 / kNearScale, winograd::kNear / kNearScale, winograd::kNear2 / kNearScale},
                            {1 / kNearScale, -winograd::kNear / kNearScale, winograd::kNear2 / kNearScale},
                            {1 / kFarScale, winograd::kFar / kFarScale, winograd::kFar2 / kFarScale},
                            {1 / kFarScale, -winograd::kFar / kFarScale, winograd::kFar2 / kFarScale},
                            {0, 0, 1}};

// u[i * side + j] at distances of `stride`: G g Gᵀ
template <size_t kSide>
void transform(const Row (&g)[kSide], const float* filter, float* u, size_t stride) {
    for (size_t i = 0; i < kSide; ++i) {
        double row[3];
        for (size_t x = 0; x < 3; ++x)
            row[x] = g[i][0] * filter[x] + g[i][1] * filter[3 + x] + g[i][2] * filter[6 + x];
        for (size_t j = 0; j < kSide; ++j, u += stride)
            *u = static_cast<float>(row[0] * g[j][0] + row[1] * g[j][1] + row[2] * g[j][2]);
    }
}

}  // namespace

void winograd_weights(int tile, const float* weights, size_t out, size_t in, float* u, size_t first,
                      size_t last) {
    for (size_t c = first; c < last; ++c)
        for (size_t o = 0; o < out; ++o) {
            const float* filter = weights + (o * in + c) * 9;
            if (tile == 2) transform(kOfTwo, filter, u + c * out + o, in * out);
            else transform(kOfFour, filter, u + c * out + o, in * out);
        }
}

}  // namespace lathe::run::cpu
