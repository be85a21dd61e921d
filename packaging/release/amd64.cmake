# This machine's own compiler: scripts/release names this file to CMake by CMAKE_TOOLCHAIN_FILE.
# A program names no folder in which it was compiled: curl's, which changes each time, is in a call of OpenSSL's.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
