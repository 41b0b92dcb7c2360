// The tensor of a checkpoint that a weight of a graph is: by its name, and always by its values.
#pragma once
#include <string>
#include <vector>

#include "graph/checkpoint.h"

namespace lathe::pipeline {

// W in y = W x: f32 [rows, columns].
struct Matrix {
    int64_t rows = 0, columns = 0;
    std::vector<float> values;
    const float* row(int64_t r) const { return values.data() + r * columns; }
};
Matrix matrix_of(const Tensor& tensor);  // of two axes or more, seen as [first, all others]
Matrix transposed(const Matrix& matrix);

struct FoundTensor {
    int64_t tensor = -1;  // its place in the checkpoint, -1: none
    int64_t first = 0, rows = 0;  // the rows of the tensor that the weight is
    std::string why;  // it is none, or cannot be used: a phrase; else empty
};

class CheckpointTensors {
public:
    explicit CheckpointTensors(const graph::Checkpoint& checkpoint) : all_(checkpoint.tensors) {}

    // Tensors that are called so, with or without what checkpoints put in front of names; the very name first. Like all
    // others here, of floats, with two axes or more.
    std::vector<int64_t> called(const std::string& name) const;
    std::vector<int64_t> called(const std::vector<std::string>& names) const;

    // The tensor that has these values, in all rows or in some. Rows that were rearranged, or all multiplied by one factor,
    // are found too, as the columns mean the same. `names`: of the constants that the weight is made of; when no tensor is
    // called so, the one whose values these are.
    FoundTensor find(const Matrix& matrix, const std::vector<std::string>& names) const;

    const graph::NamedTensor& operator[](int64_t i) const { return all_[static_cast<size_t>(i)]; }

private:
    Matrix load(int64_t i) const { return matrix_of((*this)[i].tensor); }
    FoundTensor find_contents(const Matrix& matrix) const;

    const std::vector<graph::NamedTensor>& all_;
};

bool is_candidate(const graph::NamedTensor& named);  // of floats, with two axes or more
int64_t columns_of(const Shape& shape);  // elements behind the first axis

}  // namespace lathe::pipeline
