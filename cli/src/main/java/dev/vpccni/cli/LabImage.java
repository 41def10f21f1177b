package dev.vpccni.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code vpc-cni lab image}. */
@Command(
        name = "image",
        description = {
            "Give an image to every node of the lab's cluster, which has no registry.",
            "localhost/pause:1, localhost/busybox:1 and CoreDNS are there from the beginning."
        },
        mixinStandardHelpOptions = true)
final class LabImage implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "An archive of the image, as `docker save` writes it or in OCI's layout.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
        Path archive = file.toRealPath();
        if (!Files.isRegularFile(archive)) {
            throw new IOException(archive + " is no archive of an image");
        }
        lab.client().ask(Map.of("verb", "image", "file", archive.toString()));
        return 0;
    }
}
