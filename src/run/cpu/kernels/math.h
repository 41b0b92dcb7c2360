// Functions of vectors of floats, without branches. Unless a comment says otherwise they are within 2.5 units in the last
// place of the true value over all floats, with infinities and NaNs as in C. Coefficients: minimax fits made for this file
// (Lawson's iteration on Chebyshev nodes, weighted for the relative error of the whole function), rounded to float; the
// bound of their error stands beside them.
#pragma once
#include "run/cpu/kernels/vectors.h"

namespace lathe::run::cpu::LATHE_ISA {

// c0 + x (c1 + x (c2 + …))
LATHE_INLINE Floats polynomial(Floats, float c) { return splat(c); }
template <class... Rest>
LATHE_INLINE Floats polynomial(Floats x, float c, Rest... rest) {
    return polynomial(x, rest...) * x + c;
}

LATHE_INLINE Floats abs(Floats x) { return as_floats(as_words(x) & 0x7fffffff); }
LATHE_INLINE Floats with_sign_of(Floats magnitude, Floats sign) {
    return as_floats(as_words(magnitude) | (as_words(sign) & INT32_MIN));
}
// NaN where either is.
LATHE_INLINE Floats max_or_nan(Floats a, Floats b) { return a != a ? a : max(a, b); }
LATHE_INLINE Floats min_or_nan(Floats a, Floats b) { return a != a ? a : min(a, b); }

LATHE_INLINE Floats sqrt(Floats x) {
#if defined(__clang__)
    return __builtin_elementwise_sqrt(x);
#else
    for (size_t i = 0; i < kLanes; ++i) x[i] = __builtin_sqrtf(x[i]);
    return x;
#endif
}

// The nearest whole number, halves to even: a sum with 2^23 has no room for a fraction.
LATHE_INLINE Floats round(Floats x) {
    constexpr float kWhole = 0x1p23f;
    const Floats magnitude = abs(x);
    return magnitude < kWhole ? with_sign_of((magnitude + kWhole) - kWhole, x) : x;
}
LATHE_INLINE Floats floor(Floats x) {
    const Floats near = round(x);
    return with_sign_of(near > x ? near - 1.0f : near, x);
}
LATHE_INLINE Floats ceil(Floats x) {
    const Floats near = round(x);
    return with_sign_of(near < x ? near + 1.0f : near, x);
}
LATHE_INLINE Floats sign(Floats x) { return x > 0.0f ? splat(1.0f) : (x < 0.0f ? splat(-1.0f) : x); }

constexpr float kLn2High =
    0x1.63p-1f;  // ln 2 in two parts: products of the first with whole numbers of 15 bits are exact
constexpr float kLn2Low = -0x1.bd0106p-13f;

// x = n ln 2 + r, |r| <= ln(2) / 2; the low bits of `shifted` are n + 127, the exponent of 2^n.
struct ReducedExponent {
    Floats shifted, r;
};
LATHE_INLINE ReducedExponent reduce_exponent(Floats x) {
    constexpr float kShift = 0x1.8p23f + 127, kLog2E = 0x1.715476p0f;
    const Floats shifted = x * kLog2E + kShift, n = shifted - kShift;
    return {shifted, (x - n * kLn2High) - n * kLn2Low};
}
// (exp(r) - 1 - r) / r²; 2^-26.2 of the exponential
LATHE_INLINE Floats exp_rest(Floats r) {
    return polynomial(r, 0.49999997f, 0.166665435f, 0.0416672006f, 0.00836652052f, 0.00138825155f);
}
LATHE_INLINE Floats exp_of_reduced(Floats r) { return (exp_rest(r) * r + 1.0f) * r + 1.0f; }
LATHE_INLINE Floats expm1_of_reduced(Floats r) { return r * r * exp_rest(r) + r; }
LATHE_INLINE Floats power_of_reduced(ReducedExponent e) { return as_floats(as_words(e.shifted) << 23); }

LATHE_INLINE Floats exp(Floats x) {
    const ReducedExponent e = reduce_exponent(min(splat(89.0f), max(splat(-104.0f), x)));
    // 2^n in two factors: n may lie outside the exponents of normal numbers.
    const Words n = (as_words(e.shifted) << 23 >> 23) - 127, half = n >> 1;
    const Floats first = as_floats((half + 127) << 23), second = as_floats((n - half + 127) << 23);
    return exp_of_reduced(e.r) * first * second;
}
// For x up to 88; 0 where the result would not be a normal number.
LATHE_INLINE Floats exp_or_zero(Floats x) {
    const ReducedExponent e = reduce_exponent(x);
    return x < -87.0f ? splat(0.0f) : exp_of_reduced(e.r) * power_of_reduced(e);
}
// 1 + exp(x); infinity from 88.4 on, where 2^n is.
LATHE_INLINE Floats one_plus_exp(Floats x) {
    const ReducedExponent e = reduce_exponent(min(splat(88.5f), max(splat(-80.0f), x)));
    return exp_of_reduced(e.r) * power_of_reduced(e) + 1.0f;
}
// exp(x) - 1, for x up to 88.
LATHE_INLINE Floats expm1(Floats x) {
    const ReducedExponent e = reduce_exponent(max(splat(-80.0f), x));
    const Floats power = power_of_reduced(e);
    return power * expm1_of_reduced(e.r) + (power - 1.0f);
}

// ln(2^k (1 + f)), |f| <= 1/3.
LATHE_INLINE Floats log_of_parts(Floats k, Floats f) {  // 2^-27.7
    const Floats p = polynomial(f, 0.333332151f, -0.249997959f, 0.200104743f, -0.166805774f, 0.140046209f,
                                -0.121828631f, 0.139911801f, -0.128984436f);
    const Floats square = f * f;
    const Floats rest = k * kLn2Low + f * square * p;
    return k * kLn2High + (f - (0.5f * square - rest));
}
LATHE_INLINE Floats log(Floats x) {
    const Words subnormal = x < 0x1p-126f;
    const Words bits = as_words(subnormal ? x * 0x1p23f : x);
    const Words k = (bits - 0x3f2aaaab) >> 23;  // 1 + f lies between 2/3, which is 0x3f2aaaab, and 4/3
    const Floats f = as_floats(bits - (k << 23)) - 1.0f;
    const Floats result = log_of_parts(__builtin_convertvector(k - (subnormal & 23), Floats), f);
    const Floats outside = x == 0.0f ? splat(-kInfinity) : splat(__builtin_nanf(""));
    return x > 0.0f ? (x < kInfinity ? result : x) : outside;
}
// ln(1 + x) for x from 0 to 1.
LATHE_INLINE Floats log1p_of_unit(Floats x) {
    const Words far = x > 1.0f / 3;
    return log_of_parts(far ? splat(1.0f) : splat(0.0f), far ? 0.5f * x - 0.5f : x);
}

// 0 below -88.4.
LATHE_INLINE Floats sigmoid(Floats x) { return 1.0f / one_plus_exp(-x); }
LATHE_INLINE Floats softplus(Floats x) { return max(splat(0.0f), x) + log1p_of_unit(exp(-abs(x))); }
LATHE_INLINE Floats tanh(Floats x) {
    const Floats e = expm1(2.0f * min(splat(10.0f), x));
    return e / (e + 2.0f);
}

LATHE_INLINE Floats erf(Floats x) {
    const Floats magnitude = min(splat(3.95f), abs(x)), square = x * x;
    // erf(x) / x - 1 up to 1.125: 2^-27.4
    const Floats near = polynomial(square, 0.128379166f, -0.376125902f, 0.112831771f, -0.0268371068f,
                                   0.00515750237f, -0.000774854154f, 7.02192337e-05f);
    // The eighth root of 1 - erf(x) from there to 3.95: 2^-27.2; beyond it erf rounds to 1.
    const Floats root = polynomial(magnitude, 1.00115311f, -0.146235555f, -0.0596536584f, -0.0127720293f,
                                   0.0135338213f, -0.00260772859f, 0.000162619137f);
    const Floats second = root * root, fourth = second * second;
    const Floats far = with_sign_of(1.0f - fourth * fourth, x);
    return magnitude < 1.125f ? x * near + x : far;
}

// What needs more than a float's 24 bits on the way is done on two vectors of doubles.
using HalfFloats [[gnu::vector_size(2 * LATHE_LANES)]] = float;
using Doubles [[gnu::vector_size(4 * LATHE_LANES)]] = double;
using Longs [[gnu::vector_size(4 * LATHE_LANES)]] = uint64_t;
struct DoublePair {
    Doubles low, high;
};
LATHE_INLINE DoublePair widen(Floats x) {
    HalfFloats halves[2];
    __builtin_memcpy(halves, &x, sizeof x);
    return {__builtin_convertvector(halves[0], Doubles), __builtin_convertvector(halves[1], Doubles)};
}
LATHE_INLINE Floats narrow(Doubles low, Doubles high) {
    const HalfFloats halves[2] = {__builtin_convertvector(low, HalfFloats),
                                  __builtin_convertvector(high, HalfFloats)};
    Floats x;
    __builtin_memcpy(&x, halves, sizeof x);
    return x;
}
LATHE_INLINE Doubles polynomial(Doubles, double c) { return Doubles{} + c; }
template <class... Rest>
LATHE_INLINE Doubles polynomial(Doubles x, double c, Rest... rest) {
    return polynomial(x, rest...) * x + c;
}

// x^y for positive finite x, far closer than a float.
LATHE_INLINE Doubles positive_pow(Doubles x, Doubles y) {
    // x = 2^k m, m between the roots of 1/2 and 2; the exponent is kept positive for the shifts.
    constexpr uint64_t kRootOfHalf = 0x3fe6a09e667f3bcd, kBias = uint64_t{1024} << 52;
    const Longs exponent = ((Longs)x + (kBias - kRootOfHalf)) >> 52;
    const Doubles k = (Doubles)(exponent | 0x4330000000000000) - (0x1p52 + 1024);
    const Doubles m = (Doubles)((Longs)x - (exponent << 52) + kBias);
    // log2(m) = s P(s²), as the series of the inverse hyperbolic tangent: 2^-45
    const Doubles s = (m - 1.0) / (m + 1.0);
    const Doubles p = polynomial(s * s, 2.8853900817778491, 0.96179669411517832, 0.57707794177920235,
                                 0.41220931608804079, 0.31990290699800772, 0.2829424334570449);
    Doubles t = y * (s * p + k);
    t = t > 200.0 ? Doubles{} + 200.0 : t;
    t = t < -200.0 ? Doubles{} - 200.0 : t;
    constexpr double kShift = 0x1.8p52 + 1023;
    const Doubles shifted = t + kShift, r = t - (shifted - kShift);
    const Doubles power =
        polynomial(r, 1.0000000005541869, 0.69314720573719679, 0.24022646890475757, 0.055503287770787689,
                   0.0096184889742533825, 0.0013399931182386943, 0.00015345807393795383);  // 2^-29
    return power * (Doubles)((Longs)shifted << 52);
}
LATHE_INLINE Floats pow(Floats x, Floats y) {
    const Floats magnitude = abs(x);
    const DoublePair base = widen(magnitude), exponent = widen(y);
    Floats result = narrow(positive_pow(base.low, exponent.low), positive_pow(base.high, exponent.high));
    const Floats vanishing_or_not = ((magnitude == 0.0f) ^ (y < 0.0f)) != 0 ? splat(0.0f) : splat(kInfinity);
    result = ((magnitude == 0.0f) | (magnitude == kInfinity)) != 0 ? vanishing_or_not : result;
    result = magnitude == 1.0f ? splat(1.0f) : result;
    const Floats half = 0.5f * y;
    const Words whole = floor(y) == y, odd = whole & (floor(half) != half);
    result = as_floats(as_words(result) | (as_words(x) & odd & INT32_MIN));
    const Words no_number = (x != x) | (y != y) | ((x < 0.0f) & (magnitude < kInfinity) & (floor(y) != y));
    result = no_number != 0 ? splat(__builtin_nanf("")) : result;
    return ((x == 1.0f) | (y == 0.0f)) != 0 ? splat(1.0f) : result;
}

// x = (4 m + quadrant) pi/2 + r with whole m, for |x| up to 2^28; larger ones get a wrong r within the range. pi/2 in two
// parts as in FDLIBM's single-precision functions.
struct ReducedAngle {
    Doubles quadrant, r;  // -2 to 2; |r| <= pi/4
};
LATHE_INLINE ReducedAngle reduce_angle(Doubles x) {
    constexpr double kShift = 0x1.8p52, kTwoOverPi = 6.36619772367581382433e-01,
                     kHigh = 1.57079631090164184570e+00, kLow = 1.58932547735281966916e-08;
    const Doubles n = (x * kTwoOverPi + kShift) - kShift;
    Doubles r = (x - n * kHigh) - n * kLow;
    r = r > 0.8 ? Doubles{} + 0.8 : r;
    r = r < -0.8 ? Doubles{} - 0.8 : r;
    return {n - 4.0 * ((n * 0.25 + kShift) - kShift), r};
}
struct Angle {
    Floats quadrant, r;
};
LATHE_INLINE Angle reduce_angle(Floats x) {
    const DoublePair wide = widen(x);
    const ReducedAngle low = reduce_angle(wide.low), high = reduce_angle(wide.high);
    return {narrow(low.quadrant, high.quadrant), narrow(low.r, high.r)};
}
LATHE_INLINE Floats sin_of_reduced(Floats r) {  // 2^-28
    const Floats square = r * r;
    return r * square * polynomial(square, -0.166666552f, 0.00833215564f, -0.000195146305f) + r;
}
LATHE_INLINE Floats cos_of_reduced(Floats r) {  // 2^-33
    const Floats square = r * r;
    return square * square * polynomial(square, 0.0416666456f, -0.00138873095f, 2.4432411e-05f) +
           (1.0f - 0.5f * square);
}
LATHE_INLINE Floats negate_where(Words condition, Floats x) {
    return as_floats(as_words(x) ^ (condition & INT32_MIN));
}
LATHE_INLINE Floats sin(Floats x) {
    const Angle a = reduce_angle(x);
    const Words odd = abs(a.quadrant) == 1.0f, opposite = abs(a.quadrant) == 2.0f;
    return negate_where(opposite | (a.quadrant == -1.0f),
                        odd != 0 ? cos_of_reduced(a.r) : sin_of_reduced(a.r));
}
LATHE_INLINE Floats cos(Floats x) {
    const Angle a = reduce_angle(x);
    const Words odd = abs(a.quadrant) == 1.0f, opposite = abs(a.quadrant) == 2.0f;
    return negate_where(opposite | (a.quadrant == 1.0f),
                        odd != 0 ? sin_of_reduced(a.r) : cos_of_reduced(a.r));
}

}  // namespace lathe::run::cpu::LATHE_ISA
