package dev.vpccni.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code vpc-cni init}. */
@Command(
        name = "init",
        description = {
            "Do what has to be done on a node before its daemon starts: what the init container of"
                    + " aws-node runs.",
            "It copies the plugins in VPC_CNI_INIT_FOLDER (/init) to HOST_CNI_BIN_PATH"
                    + " (/host/opt/cni/bin), and sets kernel parameters as"
                    + " DISABLE_TCP_EARLY_DEMUX, ENABLE_IPv6 and ENABLE_V6_EGRESS say. What is as"
                    + " it should be is left alone."
        },
        mixinStandardHelpOptions = true)
final class InitCli implements Callable<Integer> {

    @Override
    public Integer call() throws InterruptedException {
        dev.vpccni.daemon.Main.main(new String[] {"--init"});
        return 0;
    }
}
