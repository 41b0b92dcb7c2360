#include "zoo/timm/csatv2_dct.h"

#include <cmath>

namespace lathe::zoo::timm {

using nn::Key;
using nn::Net;
using nn::ValueId;

namespace {

constexpr int64_t kSide = 8, kCoefficients = kSide * kSide;

// Means and variances of the coefficients of luma, blue and red difference, from 0 to 255: timm, models/csatv2.py.
constexpr double kMeans[3][64] = {
    {932.42657, -0.0026,  0.33415, -0.0284,  3e-05,    -0.02792, -0.00183, 6e-05,    0.00032, 0.03402,
     -0.00571,  0.0002,   6e-05,   -0.00038, -0.00558, -0.00116, 0,        -0.00047, -8e-05,  -0.0003,
     0.00942,   0.00161,  -9e-05,  -6e-05,   -0.00014, -0.00035, 1e-05,    -0.0022,  0.00033, -2e-05,
     -3e-05,    -0.0002,  7e-05,   0,        5e-05,    0.00293,  -4e-05,   6e-05,    0.00019, 4e-05,
     6e-05,     -0.00015, -2e-05,  7e-05,    0.0001,   -4e-05,   8e-05,    0,        8e-05,   -1e-05,
     0.00015,   2e-05,    7e-05,   3e-05,    4e-05,    -1e-05,   4e-05,    0,        2e-05,   0,
     -8e-05,    0,        -3e-05,  3e-05},
    {962.34735, -0.00428, 0.09835, 0.00152, -9e-05, 0.00312, -0.00141, -1e-05, -0.00013, 0.0105,  0.00065,
     6e-05,     0,        3e-05,   0.00264, 0,      1e-05,   7e-05,    -6e-05, 3e-05,    0.00341, 0.00163,
     4e-05,     3e-05,    -1e-05,  8e-05,   0,      0.0009,  0.00018,  -6e-05, -1e-05,   7e-05,   -3e-05,
     -1e-05,    6e-05,    0.00084, 0,       -1e-05, 0,       4e-05,    -1e-05, -2e-05,   0,       1e-05,
     2e-05,     1e-05,    4e-05,   0.00011, 0,      -3e-05,  0.00011,  -2e-05, 1e-05,    1e-05,   1e-05,
     1e-05,     -7e-05,   -3e-05,  1e-05,   0,      1e-05,   2e-05,    1e-05,  0},
    {1053.16101, -0.00213, -0.09207, 0.00186, 0.00013, 0.00034, -0.00119, 2e-05, 0.00011, -0.00984, 0.00046,
     -7e-05,     -1e-05,   -5e-05,   0.0018,  0.00042, 2e-05,   -0.0001,  4e-05, 3e-05,   -0.00301, 0.00125,
     -2e-05,     -3e-05,   -1e-05,   -1e-05,  -1e-05,  0.00056, 0.00021,  1e-05, -1e-05,  2e-05,    -1e-05,
     -1e-05,     5e-05,    -0.0007,  -2e-05,  -2e-05,  5e-05,   -4e-05,   0,     2e-05,   -2e-05,   1e-05,
     0,          -3e-05,   4e-05,    7e-05,   1e-05,   0,       0.00013,  0,     0,       2e-05,    0,
     -1e-05,     -4e-05,   -3e-05,   0,       1e-05,   -1e-05,  1e-05,    0,     0},
};
constexpr double kVariances[3][64] = {
    {270372.375, 6287.10645, 5974.94043, 1653.10889, 1463.91748, 1832.58997, 755.92468, 692.41528,
     648.57184,  641.46881,  285.79288,  301.621,    380.43405,  349.84027,  374.15891, 190.3096,
     190.76746,  221.64578,  200.82646,  145.87979,  126.92046,  62.14622,   67.75562,  102.42001,
     129.74922,  130.04631,  103.12189,  97.76417,   53.17402,   54.81048,   73.48712,  81.04342,
     69.351,     49.06024,   33.96053,   37.03279,   20.48858,   24.9483,    33.90822,  44.54912,
     47.56363,   40.0316,    30.43313,   22.63899,   26.53739,   26.57114,   21.84404,  17.41557,
     15.18253,   10.69678,   11.24111,   12.97229,   15.08971,   15.31646,   8.90409,   7.44213,
     6.66096,    6.97719,    4.17834,    3.83882,    4.51073,    2.36646,    2.41363,   1.48266},
    {18839.21094, 321.70932, 300.15259, 77.4783,  76.02293, 89.04748, 33.99642, 34.74807, 32.12333, 28.19588,
     12.04675,    14.26871,  18.45779,  16.59588, 15.67892, 7.37718,  8.56312,  10.28946, 9.41013,  6.6909,
     5.16453,     2.55186,   3.03073,   4.66765,  5.85418,  5.74644,  4.33702,  3.66948,  1.95107,  2.26034,
     3.0638,      3.50705,   3.06359,   2.19284,  1.54454,  1.5786,   0.97078,  1.13941,  1.48653,  1.89996,
     1.95544,     1.6495,    1.24754,   0.93677,  1.09267,  1.09516,  0.94163,  0.78966,  0.72489,  0.50841,
     0.50909,     0.55664,   0.63111,   0.64125,  0.38847,  0.33378,  0.30918,  0.33463,  0.20875,  0.19298,
     0.21903,     0.1338,    0.13444,   0.09554},
    {17127.39844, 292.81421, 271.45209, 66.64056, 63.60253, 76.35437, 28.06587, 27.84831, 25.96656, 23.6037,
     9.99173,     11.34992,  14.46955,  12.92553, 12.69353, 5.91537,  6.60187,  7.90891,  7.32825,  5.32785,
     4.2966,      2.13459,   2.44135,   3.66021,  4.50335,  4.38959,  3.34888,  2.97181,  1.60633,  1.7701,
     2.35118,     2.69018,   2.38189,   1.74596,  1.26014,  1.31684,  0.79327,  0.92046,  1.1767,   1.47609,
     1.50914,     1.28725,   0.99898,   0.74832,  0.85736,  0.858,    0.74663,  0.63508,  0.58748,  0.41098,
     0.41121,     0.44663,   0.50277,   0.51519,  0.31729,  0.27336,  0.25399,  0.27241,  0.17353,  0.16255,
     0.1844,      0.11602,   0.11511,   0.0845},
};

// Number of the coefficient (row * 8 + column) at each place of the zigzag.
std::vector<int64_t> zigzag() {
    std::vector<int64_t> order;
    for (int64_t sum = 0; sum < 2 * kSide - 1; ++sum)
        for (int64_t i = 0; i <= sum; ++i) {
            const int64_t row = sum % 2 == 0 ? sum - i : i, column = sum - row;
            if (row < kSide && column < kSide) order.push_back(row * kSide + column);
        }
    return order;
}

Tensor channels(const std::vector<double>& values) {
    return tensor_from_doubles(DType::kF32, {1, static_cast<int64_t>(values.size()), 1, 1}, values);
}

// Pixels of 0 to 255 as luma and differences of colour.
ValueId luma_and_chroma(Net& net, ValueId x) {
    constexpr double kMean[] = {0.485, 0.456, 0.406}, kDeviation[] = {0.229, 0.224, 0.225};
    std::vector<double> scale, shift;
    for (int c = 0; c < 3; ++c) {
        scale.push_back(255 * kDeviation[c]);
        shift.push_back(255 * kMean[c]);
    }
    x = net.add(net.mul(x, net.constant("scale", channels(scale))), net.constant("shift", channels(shift)));
    const double r = 0.299, g = 0.587, b = 0.114, blue = 0.564, red = 0.713;
    const double matrix[] = {r,        g,       b, -blue * r, -blue * g, blue * (1 - b), red * (1 - r),
                             -red * g, -red * b};
    const double centres[] = {0, 128, 128};
    const ValueId colours =
        net.constant("luma_and_chroma", tensor_from_doubles(DType::kF32, {3, 3, 1, 1}, matrix));
    const ValueId centre = net.constant("centre", tensor_from_doubles(DType::kF32, {3}, centres));
    return net.b.add("conv", {x, colours, centre}, {{"kernel_shape", nn::Ints{1, 1}}});
}

// The transform of blocks as a strided convolution of each channel, [3 * 64, 1, 8, 8].
Tensor block_transform(const Tensor& matrix) {
    const std::vector<double> w = matrix.to_doubles();
    const auto at = [&](int64_t row, int64_t column) { return w[static_cast<size_t>(row * kSide + column)]; };
    std::vector<double> values;
    for (int channel = 0; channel < 3; ++channel)
        for (const int64_t n : zigzag())
            for (int64_t i = 0; i < kSide; ++i)
                for (int64_t j = 0; j < kSide; ++j) values.push_back(at(n / kSide, i) * at(n % kSide, j));
    return tensor_from_doubles(DType::kF32, {3 * kCoefficients, 1, kSide, kSide}, values);
}

}  // namespace

ValueId cosine_coefficients(Net& net, const Key& key, ValueId x) {
    const Tensor matrix = net.tensor(key / "transform" / "transform" / "weights", {kSide, kSide}, true);
    const ValueId weight = net.constant("block_transform", block_transform(matrix));
    x = net.b.add("conv", {luma_and_chroma(net, x), weight},
                  {{"kernel_shape", nn::Ints{kSide, kSide}},
                   {"strides", nn::Ints{kSide, kSide}},
                   {"group", int64_t{3}}});
    std::vector<double> means, deviations;
    for (int channel = 0; channel < 3; ++channel)
        for (size_t i = 0; i < kCoefficients; ++i) {
            means.push_back(kMeans[channel][i]);
            deviations.push_back(std::sqrt(kVariances[channel][i]) + 1e-8);
        }
    x = net.sub(x, net.constant("mean", channels(means)));
    return net.div(x, net.constant("deviation", channels(deviations)));
}

}  // namespace lathe::zoo::timm
