// Kernels of ExecuTorch under their names, called by a list of values: what its code generator makes of functions.yaml.
#pragma once
#include <executorch/runtime/core/evalue.h>
#include <executorch/runtime/kernel/operator_registry.h>
#include <executorch/runtime/platform/log.h>

#include <cstdlib>
#include <type_traits>
#include <utility>

namespace lathe_boxed {

using executorch::runtime::EValue;
using executorch::runtime::KernelRuntimeContext;
using executorch::runtime::Span;

template <class T>
struct Unboxed {
    static T of(EValue& v) { return v.to<T>(); }
};
template <class T>
struct Unboxed<std::optional<T>> {
    static std::optional<T> of(EValue& v) { return v.toOptional<T>(); }
};
template <class T>
struct Unboxed<executorch::aten::ArrayRef<std::optional<T>>> {
    static executorch::aten::ArrayRef<std::optional<T>> of(EValue& v) { return v.toListOptionalTensor(); }
};
template <class T>
decltype(auto) unboxed(EValue& v) {
    using Plain = std::decay_t<T>;
    if constexpr (std::is_same_v<Plain, executorch::aten::Tensor>) return (v.toTensor());
    else return Unboxed<Plain>::of(v);
}

template <auto function, class Result, class... Args, size_t... i>
void call(KernelRuntimeContext& context, Span<EValue*> stack, Result (*)(KernelRuntimeContext&, Args...),
          std::index_sequence<i...>) {
    if (stack.size() != sizeof...(Args) + 1) {
        ET_LOG(Error, "a kernel has %zu arguments, expected %zu", stack.size(), sizeof...(Args) + 1);
        std::abort();
    }
    function(context, unboxed<Args>(*stack[i])...);
}
template <auto function, class Result, class... Args>
void box(KernelRuntimeContext& context, Span<EValue*> stack,
         Result (*pointer)(KernelRuntimeContext&, Args...)) {
    call<function>(context, stack, pointer, std::index_sequence_for<Args...>());
}
template <auto function>
executorch::runtime::Kernel boxed(const char* name) {
    return executorch::runtime::Kernel(name, [](KernelRuntimeContext& context, Span<EValue*> stack) {
        box<function>(context, stack, function);
    });
}

}  // namespace lathe_boxed

#define LATHE_KERNEL_ID_2(line) lathe_kernel_##line
#define LATHE_KERNEL_ID(line) LATHE_KERNEL_ID_2(line)
#define LATHE_KERNEL(name, function)        \
    static auto LATHE_KERNEL_ID(__LINE__) = \
        executorch::runtime::register_kernel(lathe_boxed::boxed<&function>(name));
