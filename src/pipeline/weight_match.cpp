#include "pipeline/weight_match.h"

#include <algorithm>
#include <cmath>

#include "pipeline/weights.h"

namespace lathe::pipeline {
namespace {

constexpr double kRoundingTolerance = 1e-5;  // of weights that were multiplied by a factor in f32

std::vector<float> floats_of(const Tensor& tensor) {
    const Tensor plain = tensor.to(DType::kF32).to_contiguous();
    return {plain.values<float>().begin(), plain.values<float>().end()};
}

// The rows of `whole` that `part` is, or -1.
int64_t find_rows(const Matrix& part, const Matrix& whole) {
    if (part.columns != whole.columns) return -1;
    for (int64_t first = 0; first + part.rows <= whole.rows; ++first)
        if (std::equal(part.values.begin(), part.values.end(), whole.row(first))) return first;
    return -1;
}

// Whether every column of `a` has the values of `b`'s, in any order of the rows and up to signs and one factor for all:
// queries whose rows were rearranged and scaled still have the same inputs.
bool same_columns(const Matrix& a, const Matrix& b) {
    if (a.rows != b.rows || a.columns != b.columns) return false;
    double square_a = 0, square_b = 0;
    for (const float v : a.values) square_a += static_cast<double>(v) * static_cast<double>(v);
    for (const float v : b.values) square_b += static_cast<double>(v) * static_cast<double>(v);
    if (!(square_a > 0) || !(square_b > 0)) return false;
    const double factor = std::sqrt(square_a / square_b);
    const auto column = [](const Matrix& m, int64_t c) {
        std::vector<double> values;
        for (int64_t r = 0; r < m.rows; ++r) values.push_back(std::abs(static_cast<double>(m.row(r)[c])));
        std::ranges::sort(values);
        return values;
    };
    for (int64_t c = 0; c < a.columns; ++c) {
        const auto of_a = column(a, c), of_b = column(b, c);
        const double slack = kRoundingTolerance * factor * of_b.back();
        for (size_t r = 0; r < of_a.size(); ++r)
            if (!(std::abs(of_a[r] - factor * of_b[r]) <= slack)) return false;
    }
    return true;
}

}  // namespace

bool is_candidate(const graph::NamedTensor& named) {
    return is_float(named.tensor.dtype()) && named.tensor.rank() >= 2 && named.tensor.count() > 0;
}

int64_t columns_of(const Shape& shape) { return element_count(std::span(shape).subspan(1)); }

Matrix matrix_of(const Tensor& tensor) {
    return {tensor.dim(0), columns_of(tensor.shape()), floats_of(tensor)};
}

Matrix transposed(const Matrix& matrix) {
    Matrix result{matrix.columns, matrix.rows, std::vector<float>(matrix.values.size())};
    for (int64_t r = 0; r < matrix.rows; ++r)
        for (int64_t c = 0; c < matrix.columns; ++c)
            result.values[static_cast<size_t>(c * matrix.rows + r)] = matrix.row(r)[c];
    return result;
}

std::vector<int64_t> CheckpointTensors::called(const std::string& name) const {
    std::vector<int64_t> found;
    for (size_t i = 0; i < all_.size(); ++i) {
        if (!is_candidate(all_[i])) continue;
        if (all_[i].name == name) found.insert(found.begin(), static_cast<int64_t>(i));
        else if (all_[i].name.ends_with("." + name)) found.push_back(static_cast<int64_t>(i));
    }
    return found;
}
std::vector<int64_t> CheckpointTensors::called(const std::vector<std::string>& names) const {
    std::vector<int64_t> found;
    for (const std::string& name : names)
        for (const int64_t i : called(name))
            if (std::ranges::find(found, i) == found.end()) found.push_back(i);
    return found;
}

FoundTensor CheckpointTensors::find(const Matrix& matrix, const std::vector<std::string>& names) const {
    const std::vector<int64_t> named = called(names);
    for (const int64_t i : named)
        if (const int64_t first = find_rows(matrix, load(i)); first >= 0) return {i, first, matrix.rows, {}};
    for (const int64_t i : named)
        if (same_columns(matrix, load(i))) return {i, 0, matrix.rows, {}};
    if (named.empty()) return find_contents(matrix);
    const Matrix turned = transposed(matrix);
    for (const int64_t i : named)
        if (find_rows(turned, load(i)) >= 0)
            return {
                i, 0, 0,
                "stored as [in, out], where quantising works along rows [out, in]; calibrate the checkpoint that the model was made from"};
    return {named.front(), 0, 0,
            "the graph has other values than the checkpoint: a weight that is computed from it"};
}

FoundTensor CheckpointTensors::find_contents(const Matrix& matrix) const {
    std::vector<int64_t> found;
    for (size_t i = 0; i < all_.size(); ++i) {
        const Tensor& tensor = all_[i].tensor;
        if (!is_candidate(all_[i]) || tensor.dim(0) != matrix.rows ||
            columns_of(tensor.shape()) != matrix.columns)
            continue;
        const auto row = floats_of(rows_of(tensor, 0, 1));
        if (std::ranges::equal(row, std::span(matrix.values).first(row.size())) &&
            load(static_cast<int64_t>(i)).values == matrix.values)
            found.push_back(static_cast<int64_t>(i));
    }
    if (found.size() == 1) return {found[0], 0, matrix.rows, {}};
    if (found.empty()) return {-1, 0, 0, "no tensor of the checkpoint has these values"};
    return {-1, 0, 0,
            format("'{}' and '{}' of the checkpoint both have these values", (*this)[found[0]].name,
                   (*this)[found[1]].name)};
}

}  // namespace lathe::pipeline
