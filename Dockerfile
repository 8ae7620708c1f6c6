# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.release=${VERSION}" -o /out/usher ./cmd/usher \
    && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /out/usher /usr/local/bin/usher
COPY --from=build --chown=65532:65532 /out/data /data
COPY LICENSE /LICENSE
# Nobody's user: the state is in /data, everything else may be read-only.
USER 65532:65532
WORKDIR /data
VOLUME /data
# Health and metrics can be published, as nothing in a container can be otherwise.
ENV USHER_POLICY=/etc/usher/policy USHER_DB=/data/usher.db USHER_CONTROL=/data/usher.sock USHER_LISTEN=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/usher"]
CMD ["run"]
