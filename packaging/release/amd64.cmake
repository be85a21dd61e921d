# This machine's compiler. scripts/release passes this file as CMAKE_TOOLCHAIN_FILE. The prefix map
# keeps the build folder out of the program: curl's folder changes each time, and OpenSSL's macros
# record it.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
