// Counts how deep the interpreter's own calls are. Internal to it.
#pragma once
#include "formats/torchscript/interpreter.h"

namespace lathe::formats::torchscript {

class Interpreter::Deeper {
public:
    explicit Deeper(Interpreter& interpreter) : depth_(interpreter.depth_) { ++depth_; }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    bool too_deep() const { return depth_ > kDeepest; }
    static constexpr int kDeepest = 600;

private:
    int& depth_;
};

}  // namespace lathe::formats::torchscript
