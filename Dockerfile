# Two images: `tocsin` (command line, sink, sensor health, sensors, job submission) and `flink` (the
# official Flink with Tocsin's jobs and their native libraries in its lib/).
#
# The stages tocsin-lib and flink-lib hold nothing but jars. Where the build in a container is not
# wanted, docker/compose.prebuilt.yml replaces them by folders that `./mvnw -DskipTests package`
# has filled outside.

FROM eclipse-temurin:17-jdk AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -q -DskipTests package

FROM scratch AS tocsin-lib
COPY --from=build /src/local-stack/target/dist/lib /

FROM scratch AS flink-lib
COPY --from=build /src/stream-jobs/target/flink-lib /

FROM flink:2.2.1-java17 AS flink
# Natives (ONNX Runtime, H3) cannot be loaded twice in a process, so the jobs and all they need are
# in the cluster's own class path and not in a job's jar.
COPY --from=flink-lib / /opt/flink/lib/
COPY --from=tocsin-lib /tocsin-stream-jobs-*.jar /opt/flink/lib/
COPY docker/bin /opt/tocsin/bin
RUN mkdir -p /opt/flink/state && chown flink:flink /opt/flink/state
ENV PATH=/opt/tocsin/bin:$PATH
USER flink
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 \
  CMD ["http-ok", "127.0.0.1", "8081", "/overview"]

FROM eclipse-temurin:17-jre AS tocsin
RUN groupadd --system --gid 10001 tocsin \
  && useradd --system --uid 10001 --gid tocsin --home-dir /var/lib/tocsin --shell /usr/sbin/nologin tocsin \
  && install -d -o tocsin -g tocsin /var/lib/tocsin /var/lib/tocsin/health \
       /var/lib/tocsin/sensor
COPY --from=tocsin-lib / /opt/tocsin/lib/
COPY docker/bin /opt/tocsin/bin
COPY LICENSE NOTICE /opt/tocsin/
ENV PATH=/opt/tocsin/bin:$PATH
USER tocsin
WORKDIR /var/lib/tocsin
# A part that runs serves no port of its own; it is well while it holds its connection to Kafka.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 \
  CMD ["connected", "9092"]
ENTRYPOINT ["run"]
CMD ["io.tocsin.stack.Tocsin", "--help"]
