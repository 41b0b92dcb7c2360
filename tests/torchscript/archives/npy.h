// NumPy's arrays, version 1.0, to and from tensors of libtorch.
#pragma once
#include <torch/script.h>

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

inline const std::map<at::ScalarType, std::string>& npy_types() {
    static const std::map<at::ScalarType, std::string> types{
        {at::kFloat, "<f4"}, {at::kDouble, "<f8"}, {at::kHalf, "<f2"}, {at::kLong, "<i8"}, {at::kInt, "<i4"},
        {at::kShort, "<i2"}, {at::kChar, "|i1"},   {at::kByte, "|u1"}, {at::kBool, "|b1"}};
    return types;
}

inline void write_npy(const std::string& path, const at::Tensor& given) {
    const at::Tensor tensor = given.detach().contiguous();
    std::string header =
        "{'descr': '" + npy_types().at(tensor.scalar_type()) + "', 'fortran_order': False, 'shape': (";
    for (const int64_t size : tensor.sizes()) header += std::to_string(size) + ",";
    header += "), }";
    while ((10 + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    std::ofstream out(path, std::ios::binary);
    out << "\x93NUMPY" << '\x01' << '\0' << static_cast<char>(header.size() & 255)
        << static_cast<char>(header.size() >> 8) << header;
    out.write(static_cast<const char*>(tensor.data_ptr()), static_cast<std::streamsize>(tensor.nbytes()));
}

inline at::Tensor read_npy(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string start(10, '\0');
    in.read(start.data(), 10);
    if (!in) throw std::runtime_error(path + ": no array");
    std::string header(static_cast<unsigned char>(start[8]) + 256 * static_cast<unsigned char>(start[9]),
                       '\0');
    in.read(header.data(), static_cast<std::streamsize>(header.size()));
    const size_t type = header.find("'descr': '") + 10;
    const std::string name = header.substr(type, header.find('\'', type) - type);
    std::vector<int64_t> shape;
    for (size_t at = header.find('(', header.find("'shape'")) + 1; header[at] != ')';) {
        if (header[at] >= '0' && header[at] <= '9') {
            size_t used = 0;
            shape.push_back(std::stoll(header.substr(at), &used));
            at += used;
        } else {
            ++at;
        }
    }
    for (const auto& [scalar, text] : npy_types())
        if (text == name) {
            at::Tensor tensor = at::empty(shape, scalar);
            in.read(static_cast<char*>(tensor.data_ptr()), static_cast<std::streamsize>(tensor.nbytes()));
            if (!in) throw std::runtime_error(path + ": is cut off");
            return tensor;
        }
    throw std::runtime_error(path + ": elements of type " + name);
}
