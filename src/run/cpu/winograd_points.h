// The numbers at which F(4x4, 3x3) evaluates polynomials: 0, ±kNear, ±kFar and infinity. With these the error of a
// convolution is half of that with the textbook's 1 and 2, and all coefficients made of them are exact in f32.
#pragma once

namespace lathe::run::cpu::winograd {

inline constexpr double kNear = 0.625, kFar = 1.5;
inline constexpr double kNear2 = kNear * kNear, kFar2 = kFar * kFar;

}  // namespace lathe::run::cpu::winograd
