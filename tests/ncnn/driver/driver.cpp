// Runs ncnn networks for the tests: a program of its own, linked with ncnn.
//
//   ncnn_driver JOBS    one job a line: PARAM BIN INPUTS OUTPUTS; for each, one line "ok" or "error …" is printed
//
// INPUTS: of each input "NAME AXES SIZES…\n" and behind that its f32 numbers. OUTPUTS, a file that is written: the same
// for every output that the file INPUTS names at its end ("NAME 0\n").
#include <ncnn/net.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Numbers {
    std::string name;
    std::vector<int> sizes;  // outermost first
    std::vector<float> values;
};

std::vector<Numbers> read_numbers(const std::string& path) {
    std::vector<Numbers> all;
    std::ifstream file(path, std::ios::binary);
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        Numbers one;
        size_t axes = 0, count = 1;
        words >> one.name >> axes;
        one.sizes.resize(axes);
        for (int& size : one.sizes) {
            words >> size;
            count *= static_cast<size_t>(size);
        }
        if (axes > 0) {
            one.values.resize(count);
            file.read(reinterpret_cast<char*>(one.values.data()), static_cast<std::streamsize>(count * 4));
        }
        all.push_back(one);
    }
    return all;
}

ncnn::Mat mat_of(const Numbers& n) {
    const auto& s = n.sizes;
    ncnn::Mat mat;
    if (s.size() == 1) mat.create(s[0]);
    if (s.size() == 2) mat.create(s[1], s[0]);
    if (s.size() == 3) mat.create(s[2], s[1], s[0]);
    if (s.size() == 4) mat.create(s[3], s[2], s[1], s[0]);
    const size_t plane = static_cast<size_t>(mat.w) * static_cast<size_t>(mat.h) * static_cast<size_t>(mat.d);
    for (int c = 0; c < mat.c; ++c)
        std::memcpy(mat.channel(c).data, n.values.data() + plane * static_cast<size_t>(c), plane * 4);
    return mat;
}

void write_mat(std::ofstream& file, const std::string& name, const ncnn::Mat& mat) {
    file << name << ' ' << mat.dims;
    if (mat.dims >= 3) file << ' ' << mat.c;
    if (mat.dims == 4) file << ' ' << mat.d;
    if (mat.dims >= 2) file << ' ' << mat.h;
    file << ' ' << mat.w << '\n';
    const size_t plane = static_cast<size_t>(mat.w) * static_cast<size_t>(mat.h) * static_cast<size_t>(mat.d);
    for (int c = 0; c < mat.c; ++c)
        file.write(reinterpret_cast<const char*>(mat.channel(c).data),
                   static_cast<std::streamsize>(plane * 4));
}

std::string run(const std::string& param, const std::string& bin, const std::string& in,
                const std::string& out) {
    ncnn::Net net;
    net.opt.num_threads = 1;
    // What is compared is the file: its f16 weights are widened, and arithmetic is f32.
    net.opt.use_fp16_packed = false;
    net.opt.use_fp16_storage = false;
    net.opt.use_fp16_arithmetic = false;
    net.opt.use_bf16_storage = false;
    if (net.load_param(param.c_str()) != 0) return "error ncnn does not load the .param file";
    if (net.load_model(bin.c_str()) != 0) return "error ncnn does not load the .bin file";
    ncnn::Extractor extractor = net.create_extractor();
    std::ofstream file(out, std::ios::binary);
    for (const Numbers& one : read_numbers(in)) {
        if (!one.sizes.empty()) {
            if (extractor.input(one.name.c_str(), mat_of(one)) != 0)
                return "error ncnn has no input " + one.name;
            continue;
        }
        ncnn::Mat mat;
        if (extractor.extract(one.name.c_str(), mat) != 0) return "error ncnn does not give " + one.name;
        write_mat(file, one.name, mat);
    }
    return "ok";
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    std::ifstream jobs(arguments[1]);
    std::string line;
    while (std::getline(jobs, line)) {
        std::istringstream words(line);
        std::string param, bin, in, out;
        words >> param >> bin >> in >> out;
        std::cout << run(param, bin, in, out) << std::endl;
    }
    return 0;
}
