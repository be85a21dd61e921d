# The container: the program, its libraries, the CA certificates, and nothing else. amd64 and arm64.
# docker build --build-arg VERSION="$(cat VERSION)" --build-arg REVISION="$(git rev-parse HEAD)" -t snow-white .
# Without a registry: make image (docs/operations.md).
# The base's tag moves. For a reproducible build name it by digest: --build-arg
# BASE=debian@sha256:….
ARG BASE=debian:12
FROM ${BASE} AS tools
COPY scripts/setup /src/scripts/setup
RUN /src/scripts/setup program && rm -rf /var/lib/apt/lists/*
COPY scripts/curl /src/scripts/curl
RUN /src/scripts/curl /src/build/curl

FROM tools AS build
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json VERSION ./
COPY scripts/compile scripts/collect scripts/
COPY src src
COPY ssm/snow-white-instance.sh ssm/
COPY cfn/snow-white-cfn.yml cfn/
RUN scripts/compile release && scripts/collect build/release/bin/snow-white /image

FROM scratch
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="snow-white" \
    org.opencontainers.image.description="Quiets, stops and wakes the Sidekiq workers of Elastic Beanstalk environments" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
# Any user works: the program writes no file, and every file in the image is readable by all.
USER 65532:65532
ENTRYPOINT ["/bin/snow-white"]
