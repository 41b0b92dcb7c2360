// Other programs that can be asked here, and how to get them.
#pragma once
#include <string>
#include <string_view>

namespace lathe::pipeline {

// The file that the shell would run for the name, or "".
std::string program_on_path(std::string_view name);

// The folder of npm's onnxruntime-node: under tests/node or node_modules of the current folder, or in one of NODE_PATH; or "".
std::string onnxruntime_folder();
inline constexpr std::string_view kOnnxruntimeWay =
    "`./dev setup` installs npm's onnxruntime-node under tests/node; elsewhere, `npm install onnxruntime-node`";
inline constexpr std::string_view kNodeWay = "install nodejs";

}  // namespace lathe::pipeline
