# Debian's cross compiler (crossbuild-essential-arm64) and its :arm64 libraries. scripts/release
# passes this file as CMAKE_TOOLCHAIN_FILE.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_STRIP /usr/bin/aarch64-linux-gnu-strip)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
# The build itself runs write_handbook, and CMake runs its compiler checks.
set(CMAKE_CROSSCOMPILING_EMULATOR /usr/bin/qemu-aarch64-static)
# Debian's libraries with security updates come before those of the cross compiler, which get none.
add_link_options(-B/usr/lib/aarch64-linux-gnu -L/usr/lib/gcc/aarch64-linux-gnu/12 -L/usr/lib/aarch64-linux-gnu)
# As in amd64.cmake.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
