# The container: the program, the libraries that it needs, CA certificates, and nothing else. amd64 and arm64.
# docker build --build-arg VERSION="$(cat VERSION)" --build-arg REVISION="$(git rev-parse HEAD)" -t snow-white .
# Without a registry: make image (docs/operations.md).
FROM debian:12 AS tools
COPY scripts/setup /src/scripts/setup
RUN /src/scripts/setup program container && rm -rf /var/lib/apt/lists/*
# Debian's curl, its security patches included, without what a client of AWS has no use for: the packaged library
# brings Kerberos, LDAP, SSH, RTMP and GnuTLS along (docs/decisions.md).
WORKDIR /curl
RUN sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/*.sources \
    && apt-get update -qq && apt-get source -qq curl && rm -rf /var/lib/apt/lists/* \
    && cmake -S curl-*/ -B build -G Ninja -DCMAKE_BUILD_TYPE=MinSizeRel \
        -DBUILD_CURL_EXE=OFF -DPICKY_COMPILER=OFF -DENABLE_MANUAL=OFF -DHTTP_ONLY=ON -DCURL_USE_OPENSSL=ON \
        -DCURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt -DCURL_CA_PATH=none \
        -DCURL_USE_LIBSSH2=OFF -DCURL_USE_LIBPSL=OFF -DUSE_LIBIDN2=OFF -DCURL_ZLIB=OFF \
        -DCURL_DISABLE_NTLM=ON -DCURL_DISABLE_COOKIES=ON -DCURL_DISABLE_ALTSVC=ON -DCURL_DISABLE_HSTS=ON \
        -DCURL_DISABLE_NETRC=ON -DCURL_DISABLE_DOH=ON \
    && cmake --build build && cmake --install build --strip && ldconfig

FROM tools AS build
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json VERSION ./
COPY scripts/compile scripts/collect scripts/
COPY src src
COPY ssm/snow-white-instance.sh ssm/
RUN scripts/compile image && scripts/collect build/image/bin/snow-white /image

FROM scratch
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="snow-white" \
    org.opencontainers.image.description="Quiets, stops and wakes the Sidekiq workers of Elastic Beanstalk environments" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# Any user will do: nothing is written, and no file is anybody's own.
USER 65532:65532
ENTRYPOINT ["/bin/snow-white"]
