#!/bin/bash
# Builds ExecuTorch's runtime with its portable kernels and the driver beside this file, from a source tree of ExecuTorch,
# without its build system: no Python, no code generation. Needs g++ (C++17) and flatc with its headers (Debian:
# flatbuffers-compiler libflatbuffers-dev).
#   tests/executorch/driver/build.sh EXECUTORCH_SOURCES FOLDER [kernel file…]
# Then: LATHE_EXECUTORCH=FOLDER/executorch_driver build/release/tests/lathe_executorch_test
set -e
sources=$(realpath "$1"); here=$(realpath "$(dirname "$0")"); mkdir -p "$2"; out=$(realpath "$2"); shift 2
mkdir -p "$out/include/executorch/schema" "$out/objects" "$out/kernels"
for part in runtime kernels extension; do ln -sfn "$sources/$part" "$out/include/executorch/$part"; done
for header in "$sources"/schema/*.h; do ln -sf "$header" "$out/include/executorch/schema/"; done
mkdir -p "$out/schema"; cp "$sources"/schema/*.fbs "$sources"/backends/xnnpack/serialization/*.fbs "$out/schema/"
flatc --cpp --cpp-std c++11 --gen-mutable --scoped-enums -o "$out/include/executorch/schema" \
    "$sources/schema/program.fbs" "$sources/schema/scalar_type.fbs"
flags="-std=c++17 -w -I$out/include -I$sources/runtime/core/portable_type/c10 -DC10_USING_CUSTOM_GENERATED_MACROS -DEXECUTORCH_INTERNAL_FLATBUFFERS=1 -DET_LOG_ENABLED=1 -DET_MIN_LOG_LEVEL=Error"
compile() { # source object optimisation
    if [ "$2" -nt "$1" ]; then return; fi
    g++ $flags -O"$3" -c "$1" -o "$2.part" && mv "$2.part" "$2" || { echo "cannot compile $1"; return 1; }
}
# A file for each kernel file: the kernels, and their names of functions.yaml.
awk '/^- (op|func):/ {sub(/\(.*/, ""); op = $3} /kernel_name:/ {n = $2; sub(/.*::/, "", n); print op, n}' \
    "$sources/kernels/portable/functions.yaml" > "$out/names"
list=${*:-$(cd "$sources/kernels/portable/cpu" && ls op_*.cpp)}
for file in $list; do
    unit=$out/kernels/$file
    [ -e "$unit" ] && continue
    {
        echo "#include <executorch/kernels/portable/cpu/$file>"
        echo "#include \"$here/boxed.h\""
        while read -r op name; do
            case $op in *::*) space=${op%%::*}; op=${op##*::} ;; *) space=aten ;; esac
            if grep -qE "[ &(]$name[(,]" "$sources/kernels/portable/cpu/$file"; then
                echo "LATHE_KERNEL(\"$space::$op\", torch::executor::native::$name)"
            fi
        done < "$out/names"
    } > "$unit"
done
export -f compile; export flags
{
    for file in "$sources"/runtime/{core/{evalue,exec_aten/util/tensor_util_portable,exec_aten/util/tensor_shape_to_c_string,portable_type/tensor_impl,tag,tensor_layout},executor/{method,method_meta,program,program_validation,pte_data_map,tensor_parser_exec_aten,tensor_parser_portable},kernel/operator_registry,backend/interface,platform/{abort,log,platform,profiler,runtime},platform/default/posix}.cpp \
        "$sources"/schema/extended_header.cpp "$sources"/kernels/portable/cpu/{util,pattern}/*.cpp "$here/driver.cpp"; do
        if [ -e "$file" ]; then echo "$file $out/objects/$(basename "$file" .cpp).o 1"; fi
    done
    for file in $list; do
        case $file in op_convolution.cpp | op_mm.cpp | op_bmm.cpp | op_addmm.cpp) level=2 ;; *) level=0 ;; esac
        echo "$out/kernels/$file $out/objects/$(basename "$file" .cpp).o $level"
    done
} | xargs -P "${JOBS:-2}" -L 1 bash -c 'compile "$0" "$1" "$2"' || true
g++ "$out"/objects/*.o -o "$out/executorch_driver"
echo "$out/executorch_driver"
